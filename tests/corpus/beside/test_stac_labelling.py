from __future__ import annotations

from pathlib import Path

import pytest

from ft_core.corpus.beside.stac_labelling import STAC_COUNTS, StacLabelling, label_stac
from ft_core.corpus.beside.stac_sidecar import StacSidecars
from ft_core.corpus.beside.tale_text import TaleTexts
from ft_core.corpus.reading.record import Repair
from ft_core.story import Stac, Story, TextSpan
from tests.corpus.sidecars import SENTENCES, make_told_story, write_sidecar, write_text

FIRST = "Once a fox lived\nby a river. It had to cross before the flood."
LAST = "The fox rowed all night. So it came home."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_sidecar(tmp_path, model="m:4b")
    write_text(tmp_path / "texts")
    return tmp_path


def label(folder: Path, story: Story, min_fields: int = 1) -> StacLabelling:
    return label_stac(story, folder / "json_v3" / "fox.json", StacSidecars.find([folder]), TaleTexts(), min_fields)


def count_filled(labelling: StacLabelling) -> dict[str, int]:
    return {name: number for name, number in labelling.counts.items() if number}


def test_events_get_records_from_the_sidecar(folder: Path) -> None:
    story = make_told_story(FIRST, LAST)
    labelling = label(folder, story)
    assert [event.stac for event in story.events] == [
        Stac("Once a fox lived\nby a river.", "It had to cross before the flood.", "", ""),
        Stac("", "", "The fox rowed all night.", "So it came home."),
    ]
    assert labelling.records[0] == {
        "file": "fox.json",
        "story": "fox",
        "event": "e0",
        "path": "$.narrative_events[0]",
        "origin": "sidecar",
        "sidecar": "fox_stac.json",
        "text": "texts/fox.txt",
        "model": "m:4b",
        "sentences": [{"index": 1, "head": "situation", "share": 1.0}, {"index": 2, "head": "task", "share": 1.0}],
        "heads": ["situation", "task"],
    }
    assert (len(labelling.records), labelling.repairs, labelling.problems, len(labelling.digest)) == (2, (), (), 32)


def test_the_annotators_own_record_is_kept(folder: Path) -> None:
    story = make_told_story(FIRST, LAST)
    story.events[0].stac = Stac(task="to cross")
    labelling = label(folder, story)
    assert story.events[0].stac == Stac(task="to cross")
    own, derived = labelling.records
    assert own == {
        "file": "fox.json", "story": "fox", "event": "e0", "path": "$.narrative_events[0]", "origin": "tale", "sidecar": "",
        "text": "", "model": "", "sentences": [], "heads": ["task"],
    }  # fmt: skip
    assert derived["origin"] == "sidecar"


def test_records_that_fill_too_few_heads_are_not_learnt_from(folder: Path) -> None:
    story = make_told_story(FIRST, "The fox rowed all night.", LAST)
    story.events[0].stac = Stac(task="to cross")
    labelling = label(folder, story, min_fields=2)
    assert [event.stac and event.stac.action for event in story.events] == [None, None, "The fox rowed all night."]
    blank = dict.fromkeys(("situation", "task", "action", "consequence"), "")
    assert labelling.repairs == (
        Repair("fox.json", "$.narrative_events[0].stac", "short-stac-record", blank | {"task": "to cross"}, None),
        Repair(
            "fox.json", "$.narrative_events[1].stac", "short-stac-record", blank | {"action": "The fox rowed all night."}, None,
            "made from fox_stac.json",
        ),
    )  # fmt: skip
    assert [record["event"] for record in labelling.records] == ["e2"]


@pytest.mark.parametrize("min_fields", [0, 1])
def test_no_record_is_empty(folder: Path, min_fields: int) -> None:
    story = make_told_story("A wolf came.", FIRST, None)
    for event in story.events:
        event.stac = Stac()
    label(folder, story, min_fields)
    assert [event.stac is None for event in story.events] == [True, False, True]


def test_events_without_a_segment_get_no_record(folder: Path) -> None:
    story = make_told_story(None, TextSpan(0, 1, " "), "A wolf came.")
    labelling = label(folder, story)
    assert [event.stac for event in story.events] == [None] * 3
    assert [problem.path for problem in labelling.problems] == ["$.narrative_events[2].text_span"]
    assert labelling.digest == b""


def test_every_event_and_sentence_is_counted_once(folder: Path) -> None:
    write_sidecar(folder, [*SENTENCES, ("moral", "So it came"), ("task", "It had to fly."), ("task", " ")])
    story = make_told_story(FIRST, LAST, "The fox rowed", None, "A wolf came.", "by")
    story.events[0].stac = Stac("a fox", "to cross")
    counts = label(folder, story).counts
    assert counts == {
        "events with a STAC record of the tale": 1,
        "events with a STAC record from a sidecar": 2,
        "events without a STAC record": 3,
        "heads filled in records of the tale": 2,
        "heads filled in records from a sidecar": 3,
        "STAC sidecars": 1,
        "STAC sidecars refused": 0,
        "sentences": 8,
        "sentences used": 2,
        "sentences without a category": 2,
        "sentences not found in the text": 1,
        "sentences in no record": 3,
    }
    assert tuple(counts) == STAC_COUNTS


def test_a_tale_without_a_sidecar_keeps_its_own_records(folder: Path) -> None:
    story = make_told_story(FIRST, LAST)
    story.id = "crane"
    story.events[1].stac = Stac("It is late.")
    labelling = label(folder, story)
    assert [event.stac for event in story.events] == [None, Stac("It is late.")]
    assert count_filled(labelling) == {
        "events with a STAC record of the tale": 1,
        "events without a STAC record": 1,
        "heads filled in records of the tale": 1,
    }
    assert (labelling.problems, labelling.digest) == ((), b"")


def test_a_sidecar_that_cannot_be_used_is_told_and_the_tale_goes_on(folder: Path) -> None:
    (folder / "fox_stac.json").write_bytes(b'{"sentences": 1}')
    story = make_told_story(FIRST, LAST)
    story.events[1].stac = Stac("It is late.")
    labelling = label(folder, story)
    assert [event.stac for event in story.events] == [None, Stac("It is late.")]
    assert [str(each) for each in labelling.problems] == [
        "fox_stac.json: $.sentences: is a whole number, where an array is due"
    ]
    assert (labelling.counts["STAC sidecars"], labelling.counts["STAC sidecars refused"], labelling.digest) == (1, 1, b"")


def test_the_sidecar_of_another_tale_is_not_told_again_for_every_event(folder: Path) -> None:
    write_text(folder / "texts", "A wolf.")
    labelling = label(folder, make_told_story(FIRST, LAST))
    assert [each.path for each in labelling.problems] == ["$.sentences"]
    assert count_filled(labelling) == {
        "events without a STAC record": 2, "STAC sidecars": 1, "sentences": 5, "sentences not found in the text": 5,
    }  # fmt: skip


def test_labelling_again_gives_the_same(folder: Path) -> None:
    first, second = (label(folder, make_told_story(FIRST, LAST)) for _ in range(2))
    assert first == second


def test_records_that_are_kept_by_event_are_read_as_they_stand_and_go_before_sentences(folder: Path) -> None:
    records = {"e1": {"situation": "", "task": "", "action": "in other words", "consequence": " home "}, "gone": {"task": "x"}}
    write_sidecar(folder, model="m:4b", event_records=records)
    story = make_told_story(FIRST, LAST)
    labelling = label(folder, story)
    assert story.events[1].stac == Stac(action="in other words", consequence="home")
    assert story.events[0].stac == Stac("Once a fox lived\nby a river.", "It had to cross before the flood.", "", "")
    assert (labelling.records[1]["origin"], labelling.records[1]["model"]) == ("sidecar", "m:4b")
    assert list(map(str, labelling.problems)) == [
        "fox_stac.json: $.event_records['gone']: is a record of no event of fox.json, so it is not used"
    ]


def test_a_sidecar_of_records_needs_no_sentences_and_no_text(tmp_path: Path) -> None:
    write_sidecar(tmp_path, (), event_records={"e0": {"task": "to cross"}})
    story = make_told_story(FIRST, text="")
    labelling = label(tmp_path, story)
    assert story.events[0].stac == Stac(task="to cross")
    assert labelling.problems == ()
