"""Training several steps, one after another, on one base model."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ft_core.config import FineTuneConfig
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.loading import refusals_error
from ft_core.corpus.training_data import StepData, TrainingData
from ft_core.corpus.writing import write_prepared
from ft_core.engine.base_model import name_base_model
from ft_core.engine.device import find_device
from ft_core.engine.output_folder import claim_output
from ft_core.engine.progress import TrainingProgress, choose_progress
from ft_core.engine.run_file import RunRecord, StepRecord, installed_versions
from ft_core.engine.run_in_progress import RunInProgress
from ft_core.engine.step_trainer import StepTrainer
from ft_core.errors import FtCoreError, NoExamplesError, OutputError
from ft_core.step import Step, load_steps

__all__ = ["DATA_FOLDER", "Run", "train_all_steps", "train_on_tales", "train_steps"]

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
    progress: TrainingProgress | None = None,
) -> Run:
    """Train one adapter per step; the base model is loaded once, and a step that fails does not stop the others.

    Args:
        data: what to train on.
        steps: in the order in which they are trained.
        config: what was asked for.
        overwrite: whether what the output folder holds may be replaced.
        named: whether a step without examples is a failure (it was asked for) or only a warning.
        progress: how to show the training; None chooses by the terminal.

    Raises:
        RunMismatchError: the output folder holds another run, or one of the steps already.
        OutputError: the output folder cannot be used.
        TrainingError: the base model cannot be loaded, or training is not possible here at all.
    """
    folder = Path(config.output_dir)
    names = [step.name for step in steps]
    claim = claim_output(folder, _plan_run(data, steps, config), names, overwrite=overwrite)
    run = RunInProgress(folder, claim, config)
    shown = progress or choose_progress()
    records: dict[str, StepRecord] = {}
    for step in steps:
        step_data = data.steps.get(step.name, StepData(()))
        if step_data.train:
            records[step.name] = _train_step(run, step, step_data, config, shown)
        else:
            records[step.name] = _skip_step(step, step_data)
        run.note(step.name, records[step.name])
    return Run(folder, records, named)


def train_on_tales(
    preparation: Preparation,
    steps: Sequence[Step],
    config: FineTuneConfig,
    *,
    overwrite: bool = False,
    named: bool = True,
) -> Run:
    """Train on prepared tales, and keep beside the adapters what they were trained on.

    ``_data`` in the output folder holds what ``ft-core prepare`` writes: every example with its tale and event, and every
    event that was skipped and every value that was repaired, with file, JSON path and reason.

    Args and raised errors are those of :func:`train_steps`.
    """
    run = train_steps(preparation.as_training_data(), steps, config, overwrite=overwrite, named=named)
    write_prepared(preparation, run.folder / DATA_FOLDER)
    return run


def train_all_steps(
    data_dir: str | Path,
    steps: Sequence[str] | None = None,
    config: FineTuneConfig | None = None,
    *,
    keep_going: bool = False,
) -> Run:
    """Train one adapter for each of the steps on a folder of annotated tales.

    Args:
        data_dir: the folder.
        steps: names of installed steps; None or empty means all of them.
        config: the defaults where None.
        keep_going: leave out the tales that cannot be read, instead of raising.

    Raises:
        TaleError: some tales cannot be read; nothing was trained.

    Other errors are those of :func:`train_steps`, :func:`ft_core.corpus.preparing.prepare` and :meth:`ft_core.step.Steps.get`.
    """
    config = config or FineTuneConfig()
    chosen = load_steps().select(steps or ())
    with prepare([data_dir], chosen, config, keep_examples=True) as preparation:
        if preparation.refusals and not keep_going:
            raise refusals_error(preparation.refusals)
        return train_on_tales(preparation, chosen, config, named=bool(steps))


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
    )


def _train_step(
    run: RunInProgress, step: Step, data: StepData, config: FineTuneConfig, progress: TrainingProgress
) -> StepRecord:
    loaded = run.load()
    run.note(step.name, StepRecord("running", examples=len(data.train)))
    trainer = StepTrainer(step, config, loaded=loaded, progress=progress, overwrite=True)
    try:
        record = trainer.train(data)
        trainer.save()
    except FtCoreError as error:
        logger.error("Step %s failed: %s", step.name, error)
        failed = StepRecord("failed", reason=str(error), examples=len(data.train))
        if isinstance(error, OutputError):  # the next steps could not be written either
            run.note(step.name, failed)
            raise
        return failed
    finally:
        trainer.close()
    return record


def _skip_step(step: Step, data: StepData) -> StepRecord:
    reasons = "; ".join(f"{reason} ({count})" for reason, count in sorted(data.skipped.items()))
    error = NoExamplesError(f"Step {step.name!r} has no training examples{': ' + reasons if reasons else ''}.")
    logger.warning("%s It is skipped.", error)
    return StepRecord("skipped", reason=str(error))
