"""``ft-core train``: one adapter per step, on annotated tales or on prepared files."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from ft_core.cli.data import add_data_flags, warn_of_refused_tales
from ft_core.cli.output import add_json_flag, print_json, say
from ft_core.cli.selection import add_step_flags, select_steps, warn_of_broken_steps, warn_of_failed_steps
from ft_core.cli.settings import add_setting_flags, resolve_config
from ft_core.cli.train_plan import add_plan_flags, print_plan
from ft_core.config import FineTuneConfig
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.preparing import prepare
from ft_core.corpus.process_pool import check_workers
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reporting.report import build_report
from ft_core.corpus.reporting.report_text import format_report
from ft_core.corpus.training_data import TrainingData
from ft_core.engine.loading import LoadedBase
from ft_core.engine.loop.world import is_first_process
from ft_core.engine.predicted.noted_answer import NotedAnswer
from ft_core.engine.run_file import RUN_FILE
from ft_core.engine.summary import print_summary
from ft_core.engine.training import Run, resume_training, train_on_tales, train_steps
from ft_core.errors import PluginError, TrainingStoppedError, UsageError
from ft_core.pipeline_prompts import describe_unused_prompts
from ft_core.step import Step, Steps, load_steps
from ft_core.story import Story

__all__ = ["add_arguments", "run"]

_PREPARED_WITH = (
    "val_fraction", "test_fraction", "test_tales", "folds", "fold", "leaks", "stac_cuts", "summary_dropout", "retellings",
    "retelling_weight", "balance",
)  # fmt: skip
"""What prepared files are made with. The other settings of data say how held-out tales are read when a run is evaluated."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's flags."""
    add_data_flags(parser, required=False)
    parser.add_argument("--prepared", metavar="DIR", help="train on the JSONL files of this folder instead of tales")
    parser.add_argument("--resume", metavar="DIR", help="go on with the run in this output folder, with its own settings")
    add_step_flags(parser)
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="train these steps anew; a run with another base, data, split or seed is replaced as a whole",
    )
    add_plan_flags(parser)
    add_setting_flags(parser, FineTuneConfig.model_fields)
    add_json_flag(parser)


def run(arguments: argparse.Namespace) -> int:
    """Train the steps that were asked for."""
    _log_to_stderr()
    if arguments.plan:
        return _plan(arguments)
    try:
        trained, incomplete = _resume(arguments) if arguments.resume else _begin(arguments)
    except TrainingStoppedError as error:
        folder = arguments.resume or resolve_config(arguments).output_dir
        say(f"Training was {error}. Go on with: ft-core train --resume {folder}")
        return error.exit_code
    if not is_first_process():
        return trained.exit_code
    if arguments.json:
        print_json(json.loads((trained.folder / RUN_FILE).read_text(encoding="utf-8")))
    else:
        print_summary(trained)
    return int(trained.exit_code or incomplete)


def _resume(arguments: argparse.Namespace) -> tuple[Run, bool]:
    given = [name for name in ("data_dir", "prepared", "steps", "config") if getattr(arguments, name)]
    given += [name for name in FineTuneConfig.model_fields if getattr(arguments, name) is not None]
    if given or arguments.all_installed or arguments.overwrite:
        raise UsageError("--resume goes on with the run's own data, steps and settings; give the folder alone.")
    return resume_training(arguments.resume, predict=_predict), False


def _begin(arguments: argparse.Namespace) -> tuple[Run, bool]:
    config, chosen, broken = _choose(arguments)
    run, incomplete = (_train_on_files if arguments.prepared else _train_on_tales)(arguments, chosen, config)
    return run, broken or incomplete


def _plan(arguments: argparse.Namespace) -> int:
    if arguments.resume:
        raise UsageError("--plan is for a training that has not begun; leave --resume out.")
    config, chosen, broken = _choose(arguments)
    refusals: Sequence[Refusal] = ()
    failures: Mapping[str, PluginError] = {}
    if arguments.prepared:
        data = _read_files(arguments, chosen)
    else:
        workers = check_workers(arguments.workers)
        with prepare(arguments.data_dir, chosen, config, workers=workers, keep_examples=True) as preparation:
            data, refusals, failures = preparation.as_training_data(), preparation.refusals, preparation.failures
    print_plan(arguments, data, chosen, config)
    return int(any((warn_of_refused_tales(arguments, refusals), warn_of_failed_steps(failures), broken)))


def _choose(arguments: argparse.Namespace) -> tuple[FineTuneConfig, list[Step], bool]:
    if bool(arguments.data_dir) == bool(arguments.prepared):
        raise UsageError("Say what to train on: --data-dir DIR with tales, or --prepared DIR with JSONL files (and not both).")
    config = resolve_config(arguments)
    steps = load_steps()
    chosen = select_steps(arguments, steps)
    _tell_of_unused_prompts(steps)
    return config, chosen, warn_of_broken_steps(arguments, steps)


def _tell_of_unused_prompts(steps: Steps) -> None:
    message = describe_unused_prompts({entry.name for entry in steps.extensions}, steps.choice.left_out)
    if message and is_first_process():
        say(message)


def _train_on_tales(arguments: argparse.Namespace, steps: list[Step], config: FineTuneConfig) -> tuple[Run, bool]:
    workers = check_workers(arguments.workers)
    with prepare(arguments.data_dir, steps, config, workers=workers, keep_examples=True) as preparation:
        if is_first_process():
            say(format_report(build_report(preparation)) + "\n")
        named = not arguments.all_installed
        run = train_on_tales(preparation, steps, config, overwrite=arguments.overwrite, named=named, predict=_predict)
    return run, warn_of_refused_tales(arguments, preparation.refusals)


def _predict(loaded: LoadedBase, step: Step, folder: Path, stories: Sequence[Story]) -> Sequence[NotedAnswer]:
    from ft_core.infer.prediction.predictor import predict_step  # few runs need it

    return predict_step(loaded, step, folder, stories)


def _train_on_files(arguments: argparse.Namespace, steps: list[Step], config: FineTuneConfig) -> tuple[Run, bool]:
    data = _read_files(arguments, steps)
    return train_steps(data, steps, config, overwrite=arguments.overwrite, named=not arguments.all_installed), False


def _read_files(arguments: argparse.Namespace, steps: list[Step]) -> TrainingData:
    _tell_of_late_settings(arguments)
    return read_prepared(arguments.prepared, None if arguments.all_installed else [step.name for step in steps])


def _tell_of_late_settings(arguments: argparse.Namespace) -> None:
    late = [f"--{name.replace('_', '-')}" for name in _PREPARED_WITH if getattr(arguments, name) is not None]
    if late and is_first_process():
        what = f"{', '.join(late)} {'change' if len(late) > 1 else 'changes'} nothing in it"
        say(f"{arguments.prepared} is prepared already: {what}. Prepare the tales anew with ft-core prepare.")


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("ft_core")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO if is_first_process() else logging.ERROR)
    logger.propagate = False
