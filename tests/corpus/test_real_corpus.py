"""The annotated corpus beside the repository, every v3 file of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ft_core import codebook
from ft_core.config import make_config
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.loading import TaleSet, read_tales
from ft_core.corpus.reporting.report import build_report
from tests.corpus.field_steps import install_field_steps

pytestmark = pytest.mark.corpus

LANGUAGES = {"ChineseTales": "zh", "IndianTales": "en", "Japanese": "ja"}


def list_folders(corpus: Path) -> list[Path]:
    return sorted(corpus.glob("*/json_v3"))


@pytest.fixture
def tales(corpus: Path) -> TaleSet:
    return read_tales(list_folders(corpus))


def test_every_file_is_read(corpus: Path, tales: TaleSet) -> None:
    assert tales.refusals == []
    assert len(tales.stories) == sum(len(list(folder.glob("*.json"))) for folder in list_folders(corpus))


def test_every_event_of_every_step_is_accounted_for(corpus: Path, site: Path) -> None:
    steps = install_field_steps(site, "event_type", "description", "action", "instrument", "stac")
    with prepare(list_folders(corpus), steps, make_config({})) as preparation:
        report = build_report(preparation)
    for step in report["steps"].values():
        assert step["examples"] + sum(step["skipped"].values()) == report["events"]


def test_no_label_is_outside_the_closed_lists(tales: TaleSet) -> None:
    for event in (event for story in tales.stories for event in story.events):
        assert event.event_type in {"", codebook.OTHER, *codebook.PROPP_FUNCTIONS}
        assert event.object_type in {"", *codebook.OBJECT_TYPES}
        if event.action:
            assert event.action.type in {"", *codebook.ACTION_TYPES.get(event.action.category, ())}
            assert event.action.status in {"", *codebook.ACTION_STATUSES}
            assert event.action.function in {"", *codebook.ACTION_FUNCTIONS}
        for tie in event.relationships:
            assert tie.level2 in {"", *codebook.RELATIONSHIPS.get(tie.level1, ())}
            assert tie.sentiment in {"", *codebook.SENTIMENTS}
    assert all(who.archetype in {"", *codebook.ARCHETYPES} for story in tales.stories for who in story.characters)


def test_known_repairs_are_found_at_their_places(tales: TaleSet) -> None:
    repairs = {(Path(each.file).name[:6], each.path, each.rule): each for each in tales.repairs}
    swapped = repairs["CH_014", "$.narrative_events[0].relationships[0].relationship_level1", "swapped-relationship-levels"]
    assert swapped.after == ["Neutral", "stranger"]
    assert repairs["EN_010", "$.narrative_events[7].targets[0]", "self-character"].after == "The King"
    assert not any(each.rule == "unknown-label" for each in tales.repairs)


def test_no_one_is_called_self(tales: TaleSet) -> None:
    for story in tales.stories:
        names = [name for event in story.events for name in (*event.agents, *event.targets)]
        assert "self" not in {name.casefold() for name in (*names, *(who.name for who in story.characters))}


def test_the_language_of_each_tale_is_that_of_its_text(tales: TaleSet) -> None:
    for story in tales.stories:
        assert story.language == LANGUAGES[story.source.split("/")[0]]


def test_events_are_in_time_order(tales: TaleSet) -> None:
    for story in tales.stories:
        times = [event.time_order for event in story.events]
        assert times == sorted(times)


def test_hardly_a_japanese_tale_has_a_description_of_its_own(tales: TaleSet) -> None:
    described = Counter(story.language for story in tales.stories for event in story.told_events() if event.description)
    assert described["ja"] == 0
    assert described["en"] > 0
