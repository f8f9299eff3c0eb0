"""Making training data of annotated tales, in two passes: all tales are surveyed and split, then each is prepared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

from ft_core.atomic import make_folder, telling_what_to_do
from ft_core.config import make_config
from ft_core.corpus.beside.retelling import Retellings
from ft_core.corpus.beside.stac_sidecar import StacSidecars
from ft_core.corpus.beside.summary import Summaries
from ft_core.corpus.beside.tale_text import TaleTexts
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.preparation_context import PreparationContext
from ft_core.corpus.process_pool import map_in_order
from ft_core.corpus.reading.loading import refusals_error
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.rendering import PreparedChunk
from ft_core.corpus.splitting.split import plan_split, read_test_tales
from ft_core.corpus.survey import survey_tales
from ft_core.corpus.tale_chunk import cut_chunks
from ft_core.corpus.tale_preparation import refuse_changed
from ft_core.corpus.tale_worker import StepName, make_worker, make_worker_of_installed
from ft_core.corpus.training_data import SPLITS, TrainingData
from ft_core.corpus.writing import write_prepared
from ft_core.data_config import DataConfig
from ft_core.example import Example
from ft_core.pipeline_prompts import use_module
from ft_core.step import Step, load_steps

__all__ = ["find_sources", "prepare", "prepare_all_training_data", "prepare_training_data"]


def prepare(
    data_dirs: Sequence[str | Path],
    steps: Sequence[Step],
    config: DataConfig,
    *,
    workers: int = 1,
    keep_examples: bool = False,
    beside: Path | None = None,
) -> Preparation:
    """Read tales, split them, and ask each step for an example, or a reason why there is none, of every event.

    Files that cannot be read are in ``Preparation.refusals``, steps that fail in ``Preparation.failures``; the others go on.
    Close the preparation when it is written or trained on: its lines are on the disk.

    Args:
        data_dirs: folders of annotated tales, or single files.
        steps: in the order in which they run.
        config: what decides which examples the tales give, and how they are split.
        workers: how many processes work; the result is the same. More than one need steps that are installed.
        keep_examples: whether the examples stay in memory too, to be trained on.
        beside: folder in which a hidden one holds the lines meanwhile; None takes the system's for temporary files.

    Raises:
        NoTalesError: a folder is not there, or holds no file that may be a tale.
        TaleError: not one file could be read as a tale.
        DataError: the list of test tales, or something that lies beside the tales, cannot be used.
        ConfigError: a rule that is to be switched off is none, or is needed.
        HookError: every step fails.
        OutputError: the lines cannot be written.
    """
    rules = Rules.without(config.without_rules or ())
    sources = find_sources(config)
    survey = survey_tales(data_dirs, rules, compare_texts=config.leaks != "off", workers=workers)
    if not survey.cards:
        raise refusals_error(survey.refusals)
    test_tales = read_test_tales(config.test_tales) if config.test_tales is not None else None
    plan = plan_split(survey.cards, config, test_tales)
    hashes = {card.source: card.raw_hash for card in survey.cards}
    preparation = Preparation.start(
        source=", ".join(map(str, data_dirs)),
        survey=survey,
        plan=plan,
        context=PreparationContext(config, rules, plan.splits, hashes, **sources),
        steps=steps,
        keeps_examples=keep_examples,
        folder=_open_folder(beside),
    )
    return _collect(preparation, steps, workers)


def prepare_training_data(data_dirs: Sequence[str | Path], steps: Sequence[Step], config: DataConfig) -> TrainingData:
    """Return what the engine trains the steps on.

    Args and raised errors are those of :func:`prepare`.
    """
    with prepare(data_dirs, steps, config, keep_examples=True) as preparation:
        return preparation.as_training_data()


def prepare_all_training_data(
    data_dir: str | Path,
    steps: Sequence[str] | None = None,
    output_dir: str | Path | None = None,
    *,
    config: DataConfig | None = None,
    keep_going: bool = False,
) -> dict[str, list[Example]]:
    """Make the examples of installed steps from a folder of annotated tales, all splits together.

    Args:
        data_dir: the folder, searched with all folders below it, or one file.
        steps: names of steps; None means all that are installed.
        output_dir: where to write the JSONL files, manifest and report; None writes nothing.
        config: what decides which examples the tales give, and how they are split.
        keep_going: leave out the files that cannot be read, and the steps that fail, instead of raising.

    Returns:
        The examples of each step: those to train on, then those of validation and test.

    Raises:
        UnknownStepError: a step is not installed.
        TaleError: some files cannot be read.
        HookError: a step fails.
        OutputError: the files cannot be written.

    Other errors are those of :func:`prepare`.
    """
    config = config or make_config({})
    use_module(config.prompts_module)
    chosen = load_steps().select(steps or ())
    with prepare([data_dir], chosen, config, keep_examples=True) as preparation:
        if preparation.refusals and not keep_going:
            raise refusals_error(preparation.refusals)
        if preparation.failures and not keep_going:
            raise next(iter(preparation.failures.values()))
        if output_dir is not None:
            write_prepared(preparation, Path(output_dir))
        return {
            name: [example for split in SPLITS for example in preparation.list_examples(name, split)]
            for name in preparation.steps
        }


def find_sources(config: DataConfig) -> dict[str, Any]:
    """Find what lies beside the tales, before they are read: a wrong folder is to be told at once.

    Returns:
        The fields of :class:`PreparationContext` that hold it.

    Raises:
        DataError: a folder or a table cannot be used.
    """
    return {
        "sidecars": StacSidecars.find(config.stac_dir) if config.stac_dir else StacSidecars(),
        "texts": TaleTexts.find(config.texts_dir),
        "summaries": Summaries.read(config.summaries or ()),
        "retellings": Retellings.find(config.retellings or ()),
    }


def _open_folder(beside: Path | None) -> TemporaryDirectory[str]:
    if beside is not None:
        make_folder(beside)
    with telling_what_to_do(beside or Path(gettempdir())):
        return TemporaryDirectory(prefix=".ft-core-prepare-", dir=beside)


def _collect(preparation: Preparation, steps: Sequence[Step], workers: int) -> Preparation:
    collection, config = preparation.collection, preparation.config
    try:
        collection.add_all(_work(preparation, steps, workers))
        refused = {refusal.file for refusal in collection.refusals}
        gone = (each for each in preparation.survey.cards if each.story_id not in collection.digests)
        collection.refusals += [refuse_changed(card.source) for card in gone if card.source not in refused]
        if config.balance is not None:
            collection.balance(config.balance)
        return preparation.without_failed()
    except BaseException:
        preparation.close()
        raise


def _work(preparation: Preparation, steps: Sequence[Step], workers: int) -> Iterator[PreparedChunk]:
    chunks = cut_chunks(preparation.survey.files)
    if workers == 1:
        return map_in_order(make_worker, (steps, preparation.context, preparation.keeps_examples), chunks, 1)
    names = [StepName(step.name, step.distribution, step.version) for step in steps]
    return map_in_order(make_worker_of_installed, (names, preparation.context, preparation.keeps_examples), chunks, workers)
