"""Making training data of annotated tales."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ft_core.config import FineTuneConfig, make_config
from ft_core.corpus.loading import read_tales, refusals_error
from ft_core.corpus.preparation import Preparation, PreparedStep
from ft_core.corpus.split import read_test_tales, split_tales
from ft_core.corpus.training_data import TrainingData
from ft_core.corpus.writing import write_prepared
from ft_core.example import Example, Skipped
from ft_core.step import Step, load_steps
from ft_core.story import Story

__all__ = ["prepare", "prepare_all_training_data", "prepare_training_data"]


def prepare(data_dirs: Sequence[str | Path], steps: Sequence[Step], config: FineTuneConfig) -> Preparation:
    """Read tales, split them, and ask each step for an example, or a reason why there is none, of every event.

    Files that cannot be read are in ``Preparation.tales.refusals``; the others go on.

    Args:
        data_dirs: folders of annotated tales, or single files.
        steps: in the order in which they run.
        config: for the seed, the shares of the splits and the list of test tales.

    Raises:
        NoTalesError: a folder is not there, or holds no file that may be a tale.
        TaleError: not one file could be read as a tale.
        DataError: the list of test tales cannot be used.
        HookError: a step fails.
    """
    tales = read_tales(data_dirs)
    if not tales.stories:
        raise refusals_error(tales.refusals)
    test_tales = read_test_tales(config.test_tales) if config.test_tales is not None else None
    splits = split_tales(tales.stories, config.val_fraction, config.test_fraction, config.seed, test_tales)
    prepared = {step.name: _prepare_step(step, tales.stories) for step in steps}
    return Preparation(", ".join(map(str, data_dirs)), tales, splits, config.seed, prepared)


def prepare_training_data(data_dirs: Sequence[str | Path], steps: Sequence[Step], config: FineTuneConfig) -> TrainingData:
    """Return what the engine trains the steps on.

    Args and raised errors are those of :func:`prepare`.
    """
    return prepare(data_dirs, steps, config).as_training_data()


def prepare_all_training_data(
    data_dir: str | Path,
    steps: Sequence[str] | None = None,
    output_dir: str | Path | None = None,
    *,
    config: FineTuneConfig | None = None,
    keep_going: bool = False,
) -> dict[str, list[Example]]:
    """Make the examples of installed steps from a folder of annotated tales, all splits together.

    Args:
        data_dir: the folder, searched with all folders below it, or one file.
        steps: names of steps; None means all that are installed.
        output_dir: where to write the JSONL files, ``manifest.json`` and ``report.json``; None writes nothing.
        config: for the seed and the shares of the splits, which decide only what is written.
        keep_going: leave out the files that cannot be read, instead of raising.

    Returns:
        The examples of each step, in the order of tales and events.

    Raises:
        UnknownStepError: a step is not installed.
        TaleError: some files cannot be read.
        OutputError: the files cannot be written.

    Other errors are those of :func:`prepare`.
    """
    chosen = load_steps().select(steps or ())
    preparation = prepare([data_dir], chosen, config or make_config({}))
    if preparation.tales.refusals and not keep_going:
        raise refusals_error(preparation.tales.refusals)
    if output_dir is not None:
        write_prepared(preparation, Path(output_dir))
    return {name: list(step.examples) for name, step in preparation.steps.items()}


def _prepare_step(step: Step, stories: Sequence[Story]) -> PreparedStep:
    items = [item for story in stories for item in step.examples(story)]
    return PreparedStep(
        step.name,
        step.distribution,
        step.version,
        tuple(step.info.writes),
        tuple(item for item in items if isinstance(item, Example)),
        tuple(item for item in items if isinstance(item, Skipped)),
    )
