from __future__ import annotations

from ft_stac import extract_stac_examples
from tests.plugins.asking import ask, get_step, gold, problems, story_of, why_not

RECORD = {"situation": "Once a fox lived by a river.", "task": "", "action": "", "consequence": ""}
EMPTY = RECORD | {"situation": ""}


def test_it_is_shown_the_segment_and_the_summary() -> None:
    inputs = {"segment": "Once a fox lived by a river.", "summary": "A crane helps a fox."}
    assert ask("stac", story_of({"stac": RECORD})) == inputs


def test_the_annotated_record_is_the_answer() -> None:
    answer = gold("stac", story_of({"stac": RECORD}))
    assert answer == RECORD
    assert list(answer) == list(RECORD)


def test_an_event_without_a_record_gives_no_example() -> None:
    assert why_not("stac", story_of({})) == ("$.narrative_events[0].stac", "no STAC record is annotated")


def test_an_empty_record_gives_no_example() -> None:
    story = story_of({"stac": RECORD})
    get_step("stac").apply_output(story, story.events[0], EMPTY)
    assert why_not("stac", story) == ("$.narrative_events[0].stac", "all four heads of the STAC record are empty")


def test_at_least_one_head_is_not_empty() -> None:
    assert problems("stac", RECORD, {}) == []
    assert problems("stac", EMPTY | {"task": " "}, {}) == [
        "$: situation, task, action and consequence are all empty; at least one must be set"
    ]


def test_an_answer_is_written_into_the_event() -> None:
    story = story_of({})
    get_step("stac").apply_output(story, story.events[0], RECORD)
    assert gold("stac", story) == RECORD


def test_the_package_exports_its_extraction() -> None:
    assert len(extract_stac_examples(story_of({"stac": RECORD}))) == 1
