"""Training several steps, one after another, on one base model."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ft_core.config import FineTuneConfig, make_config
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.loading import refusals_error
from ft_core.corpus.training_data import StepData, TrainingData
from ft_core.corpus.writing import write_prepared
from ft_core.engine.announcement import announce_finish, announce_start
from ft_core.engine.base_model import name_base_model
from ft_core.engine.device import find_device
from ft_core.engine.loop.world import World, find_world, is_first_process
from ft_core.engine.output_folder import Claim, claim_output, claim_resumed, read_resumable
from ft_core.engine.predicted.predicted_input import Predict, PredictedInputs
from ft_core.engine.predicted.tale_source import begin_predicted, check_predicted, go_on_predicted
from ft_core.engine.progress import TrainingProgress, choose_progress
from ft_core.engine.run_file import RunRecord, StepRecord, installed_versions, read_run
from ft_core.engine.run_in_progress import RunInProgress
from ft_core.engine.run_plan import plan_run
from ft_core.engine.step_trainer import StepTrainer
from ft_core.errors import FtCoreError, NoExamplesError, OutputError, TrainingStoppedError
from ft_core.pipeline_prompts import use_module
from ft_core.step import Step, load_steps

__all__ = ["DATA_FOLDER", "Run", "resume_training", "train_all_steps", "train_on_tales", "train_steps"]

logger = logging.getLogger(__name__)

DATA_FOLDER = "_data"
"""Where a run on tales keeps what it was trained on, and what was skipped and why; no step can have this name."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one call trained.

    Attributes:
        folder: the output folder, with ``run.json``.
        steps: the record of each step of this call, in the order in which they ran.
        named: whether the steps were named one by one; then each must have examples.
    """

    folder: Path
    steps: Mapping[str, StepRecord]
    named: bool = True

    @property
    def exit_code(self) -> int:
        """0 where every step was trained, or was skipped without having been named; else 1."""
        bad = {"failed", "skipped"} if self.named else {"failed"}
        return int(any(record.status in bad for record in self.steps.values()))


def train_steps(
    data: TrainingData,
    steps: Sequence[Step],
    config: FineTuneConfig,
    *,
    overwrite: bool = False,
    named: bool = True,
    resume: bool = False,
    progress: TrainingProgress | None = None,
    predicted: PredictedInputs | None = None,
) -> Run:
    """Train one adapter per step; the base model is loaded once, and a step that fails does not stop the others.

    Args:
        data: what to train on.
        steps: in the order in which they are trained.
        config: what was asked for.
        overwrite: whether what the output folder holds may be replaced.
        named: whether a step without examples is a failure (it was asked for) or only a warning.
        resume: whether to go on with the run that the output folder holds: steps that are done are kept, and the one that was
            under way goes on from its last checkpoint.
        progress: how to show the training; None chooses by the terminal.
        predicted: makes predicted inputs, where ``predicted_inputs`` asks for some.

    Raises:
        UsageError: predicted inputs are asked for, and they cannot be made here.
        RunMismatchError: the output folder holds another run, or one of the steps already.
        OutputError: the output folder cannot be used.
        TrainingStoppedError: a signal asked to stop.
        TrainingError: the base model cannot be loaded, or training is not possible here at all.
    """
    folder, world = Path(config.output_dir), find_world(find_device(config.device, load_in_4bit=config.load_in_4bit))
    check_predicted(config, predicted, world)
    claim = _claim(folder, _plan_run(data, steps, config), world, overwrite=overwrite, resume=resume)
    plan = plan_run(data, _list_open(data, steps, claim, resume=resume), config)
    if plan is not None:
        config = config.model_copy(update={"load_in_4bit": plan.load_in_4bit})
    run = RunInProgress(folder, claim, config, chat=plan.chat if plan else None, is_writer=world.is_writer)
    shown = progress or choose_progress()
    records: dict[str, StepRecord] = {}
    for step in steps:
        step_data = data.steps.get(step.name, StepData(()))
        if _is_done(claim, step, resume=resume):
            records[step.name] = claim.record.steps[step.name]
            continue
        if step_data.train:
            planned = plan.steps.get(step.name) if plan else None
            trainer = StepTrainer(step, config, loaded=run.load(), progress=shown, overwrite=True, world=world, planned=planned)
            announce_start(step, trainer.folder, step_data, world)
            records[step.name] = _train_step(run, trainer, step_data, predicted, resume=resume)
        else:
            records[step.name] = _skip_step(step, step_data, data.failures.get(step.name))
        run.note(step.name, records[step.name])
        if step_data.train:
            announce_finish(step, records[step.name], world)
    return Run(folder, records, named)


def train_on_tales(
    preparation: Preparation,
    steps: Sequence[Step],
    config: FineTuneConfig,
    *,
    overwrite: bool = False,
    named: bool = True,
    predict: Predict | None = None,
) -> Run:
    """Train on prepared tales, and keep beside the adapters what they are trained on.

    ``_data`` in the output folder holds what ``ft-core prepare`` writes: every example with its tale and event, and every
    event that was skipped and every value that was repaired, with file, JSON path and reason. It is there before training
    begins, so that a run that is cut off can go on.

    Args:
        preparation: of the tales, with its examples in memory.
        steps: in the order in which they are trained.
        config: what was asked for.
        overwrite: whether what the output folder holds may be replaced.
        named: whether a step without examples is a failure.
        predict: answers a trained step for some tales, where ``predicted_inputs`` asks for that.

    Raised errors are those of :func:`train_steps`.
    """
    data, folder = preparation.as_training_data(), Path(config.output_dir)
    # Whether the folder may be used is asked before anything is written into it, and by train_steps once more.
    device = find_device(config.device, load_in_4bit=config.load_in_4bit)
    predicted: PredictedInputs | None = None
    if is_first_process():
        claim = claim_output(folder, _plan_run(data, steps, config), [step.name for step in steps], overwrite=overwrite)
        write_prepared(preparation, folder / DATA_FOLDER)
        replaces = claim.replaced is not None
        predicted = begin_predicted(preparation, steps, config, folder / DATA_FOLDER, predict, anew=replaces)
    find_world(device).wait()
    return train_steps(data, steps, config, overwrite=overwrite, named=named, predicted=predicted)


def resume_training(folder: str | Path, *, predict: Predict | None = None) -> Run:
    """Go on with a run that was cut off, with its own settings, on the data that it was begun with.

    Args:
        folder: the run's output folder.
        predict: answers a trained step for some tales, where ``predicted_inputs`` asks for that.

    Raises:
        OutputError: the folder holds no run.
        PreparedDataError: the data is not there any more.
        UnknownStepError: a step of the run is not installed any more.

    Other errors are those of :func:`train_steps`.
    """
    place = Path(folder)
    held = read_resumable(place)
    config = make_config({**held.config, "output_dir": str(place)})
    use_module(config.prompts_module)
    kept = place / DATA_FOLDER
    source = kept if kept.is_dir() else Path(str(held.data.get("source")))
    planned = list(held.planned or held.steps)
    data = read_prepared(source)
    data = replace(data, source=str(held.data.get("source")))
    steps = load_steps().select(planned)
    predicted = go_on_predicted(held, steps, config, kept, predict)
    return train_steps(data, steps, config, resume=True, predicted=predicted)


def train_all_steps(
    data_dir: str | Path,
    steps: Sequence[str] | None = None,
    config: FineTuneConfig | None = None,
    *,
    keep_going: bool = False,
    predict: Predict | None = None,
) -> Run:
    """Train one adapter for each of the steps on a folder of annotated tales.

    Args:
        data_dir: the folder.
        steps: names of installed steps; None or empty means all of them.
        config: the defaults where None.
        keep_going: leave out the tales that cannot be read, instead of raising.
        predict: answers a trained step for some tales, where ``predicted_inputs`` asks for that; usually
            ``ft_core.infer.prediction.predictor.predict_step``.

    Raises:
        TaleError: some tales cannot be read; nothing was trained.

    Other errors are those of :func:`train_steps`, :func:`ft_core.corpus.preparing.prepare` and :meth:`ft_core.step.Steps.get`.
    """
    config = config or FineTuneConfig()
    use_module(config.prompts_module)
    chosen = load_steps().select(steps or ())
    with prepare([data_dir], chosen, config, keep_examples=True) as preparation:
        if preparation.refusals and not keep_going:
            raise refusals_error(preparation.refusals)
        return train_on_tales(preparation, chosen, config, named=bool(steps), predict=predict)


def _list_open(data: TrainingData, steps: Sequence[Step], claim: Claim, *, resume: bool) -> list[Step]:
    given = [step for step in steps if step.name in data.steps and data.steps[step.name].train]
    return [step for step in given if not _is_done(claim, step, resume=resume)]


def _is_done(claim: Claim, step: Step, *, resume: bool) -> bool:
    held = claim.record.steps.get(step.name)
    return resume and held is not None and held.status == "done"


def _claim(folder: Path, planned: RunRecord, world: World, *, overwrite: bool, resume: bool) -> Claim:
    if not world.is_writer:  # the first process has looked, and it alone writes
        held = read_run(folder)
        return Claim(held if resume and held is not None else planned)
    return claim_resumed(folder, planned) if resume else claim_output(folder, planned, planned.planned, overwrite=overwrite)


def _plan_run(data: TrainingData, steps: Sequence[Step], config: FineTuneConfig) -> RunRecord:
    device = find_device(config.device, load_in_4bit=config.load_in_4bit)
    return RunRecord(
        base={"name": name_base_model(config.model_name, device), "revision": None},
        data={
            "source": data.source,
            "data_hash": data.data_hash,
            "split_hash": data.split_hash,
            "tales": {split: len(tales) for split, tales in data.tales.items()},
        },
        seed=config.seed,
        config=config.model_dump(mode="json"),
        versions=installed_versions(),
        distributions={step.name: f"{step.distribution} {step.version}" for step in steps},
        planned=tuple(step.name for step in steps),
    )


def _train_step(
    run: RunInProgress, trainer: StepTrainer, data: StepData, predicted: PredictedInputs | None, *, resume: bool
) -> StepRecord:
    name = trainer.step.name
    run.note(name, StepRecord("running", examples=len(data.train)))
    try:
        if predicted is not None:
            asked = data
            data = predicted.mix(trainer.step, asked, run.done, trainer.folder.parent, run.load())
            if data != asked:
                trainer.forget_plan()
        record = trainer.train(data, resume=resume)
        trainer.save()
    except TrainingStoppedError:
        raise
    except FtCoreError as error:
        logger.error("Step %s failed: %s", name, error)
        failed = StepRecord("failed", reason=str(error), examples=len(data.train))
        if isinstance(error, OutputError):  # the next steps could not be written either
            run.note(name, failed)
            raise
        return failed
    finally:
        trainer.close()
    return replace(record, predicted_inputs=predicted.count(name)) if predicted is not None else record


def _skip_step(step: Step, data: StepData, failure: str | None) -> StepRecord:
    if failure is not None:
        logger.error("Step %s failed when its examples were made: %s", step.name, failure)
        return StepRecord("failed", reason=failure)
    reasons = "; ".join(f"{reason} ({count})" for reason, count in sorted(data.skipped.items()))
    error = NoExamplesError(f"Step {step.name!r} has no training examples{': ' + reasons if reasons else ''}.")
    logger.warning("%s It is skipped.", error)
    return StepRecord("skipped", reason=str(error))
