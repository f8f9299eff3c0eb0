from __future__ import annotations

from pathlib import Path

import pytest

from ft_core.corpus.beside.retelling import Retellings
from ft_core.corpus.beside.stac_sidecar import StacSidecars
from ft_core.corpus.beside.summary import Summaries
from ft_core.corpus.beside.tale_text import TaleTexts
from ft_core.corpus.preparation_context import PreparationContext
from ft_core.corpus.process_pool import map_in_order
from ft_core.corpus.reading.files import find_tale_files
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.survey import survey_tales
from ft_core.corpus.tale_chunk import TaleChunk
from ft_core.corpus.tale_worker import StepName, make_worker, make_worker_of_installed
from ft_core.data_config import DataConfig
from ft_core.errors import DataError, UnknownStepError
from ft_core.step import load_steps
from tests.tales import make_tale, write_tale


def make_context(folder: Path) -> PreparationContext:
    cards = survey_tales([folder], Rules(), compare_texts=False).cards
    return PreparationContext(
        DataConfig(),
        Rules(),
        {card.story_id: "train" for card in cards},
        {card.source: card.raw_hash for card in cards},
        StacSidecars(),
        TaleTexts(),
        Summaries(),
        Retellings(),
    )


def name_steps(*names: str) -> list[StepName]:
    return [StepName(step.name, step.distribution, step.version) for step in load_steps().select(names)]


@pytest.fixture
def tales(tmp_path: Path) -> Path:
    for name in ("crane", "fox"):
        write_tale(tmp_path, make_tale(name))
    return tmp_path


def test_a_worker_of_another_process_finds_the_steps_again_and_does_the_same(tales: Path) -> None:
    context, chunk = make_context(tales), TaleChunk(tuple(find_tale_files([tales]).tales))
    here = make_worker(load_steps().select(["action", "instrument"]), context, False)(chunk)
    there = make_worker_of_installed(name_steps("action", "instrument"), context, False)(chunk)
    assert here.lines == there.lines
    assert here.lines["rows/action/train"].count(b"\n") == 6
    assert sorted(here.examples) == []


def test_examples_are_handed_back_where_they_are_asked_for(tales: Path) -> None:
    chunk = TaleChunk(tuple(find_tale_files([tales]).tales))
    prepared = make_worker_of_installed(name_steps("action"), make_context(tales), True)(chunk)
    assert [example.story_id for example in prepared.examples["action", "train"]] == ["crane"] * 3 + ["fox"] * 3


def test_files_that_were_not_surveyed_give_nothing(tales: Path) -> None:
    context = make_context(tales)
    write_tale(tales, make_tale("heron"))
    (tales / "bad.json").write_text("{")
    prepared = make_worker_of_installed(name_steps("action"), context, False)(TaleChunk(tuple(find_tale_files([tales]).tales)))
    assert (prepared.tally.tales, prepared.refusals) == (2, [])


def test_another_distribution_or_version_of_a_step_is_refused(tales: Path) -> None:
    (action,) = name_steps("action")
    message = (
        rf"^Step 'action' of acme-action 9\.9 is not the one that another process finds: {action.distribution} "
        rf"{action.version}\. Work with one process \(--workers 1\)\.$"
    )
    with pytest.raises(DataError, match=message):
        make_worker_of_installed([StepName("action", "acme-action", "9.9")], make_context(tales), False)


def test_a_step_that_another_process_does_not_find_is_refused(tales: Path) -> None:
    with pytest.raises(UnknownStepError, match=r"^No step 'actoin' is installed\. Did you mean 'action'\?"):
        make_worker_of_installed([StepName("actoin", "ft-action", "0.1.0")], make_context(tales), False)


def test_what_making_a_worker_raises_comes_out_of_two_processes() -> None:
    with pytest.raises(DataError, match="is not the one that another process finds"):
        list(map_in_order(make_worker_of_installed, ([StepName("action", "acme-action", "9.9")], None, False), [1, 2], 2))
