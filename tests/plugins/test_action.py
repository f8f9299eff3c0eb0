from __future__ import annotations

from typing import Any

import pytest

from ft_action import extract_action_examples
from tests.plugins.asking import ask, get_step, gold, problems, story_of, why_not

OLDER = (
    "steal", "slander", "promise", "request", "sacrifice", "observe", "investigate", "plot", "forget", "cast_spell",
    "express_emotion",
)  # fmt: skip
GIVE = {"category": "transaction", "type": "give", "context": "loan", "status": "success", "function": ""}


def test_it_is_shown_who_acts_on_whom_with_what() -> None:
    assert ask("action", story_of({"targets": ["Fox", "river"]})) == {
        "segment": "Once a fox lived by a river.",
        "summary": "A crane helps a fox.",
        "doers": ["Crane"],
        "receivers": ["Fox", "river"],
        "instrument": "silver comb",
    }


def test_the_annotated_action_is_the_answer_and_its_tags_may_be_blank() -> None:
    answer = gold("action", story_of({"action_layer": GIVE}))
    assert answer == GIVE
    assert list(answer) == list(GIVE)


@pytest.mark.parametrize(
    ("action", "path", "reason"),
    [
        (dict.fromkeys(GIVE, ""), ".action_layer", "no action is annotated"),
        (GIVE | {"category": ""}, ".action_layer.category", "no action category is annotated"),
        (GIVE | {"type": ""}, ".action_layer.type", "no action type is annotated"),
    ],
)
def test_an_action_without_category_or_type_gives_no_example(action: dict[str, Any], path: str, reason: str) -> None:
    assert why_not("action", story_of({"action_layer": action})) == (f"$.narrative_events[0]{path}", reason)


def test_a_type_belongs_to_its_category() -> None:
    assert problems("action", GIVE, {}) == []
    assert problems("action", GIVE | {"category": "mental"}, {}) == ["$.type: 'give' does not belong to 'mental'"]


def test_an_answer_is_written_into_the_event() -> None:
    story = story_of({"action_layer": dict.fromkeys(GIVE, "")})
    get_step("action").apply_output(story, story.events[0], GIVE)
    assert gold("action", story) == GIVE


def test_the_prompt_marks_older_codes_without_advising_against_them() -> None:
    system = get_step("action").build_prompt(ask("action", story_of({}))).system
    assert "cast (uses power), " in system
    assert "cast_spell* (older word for cast), " in system
    assert "\n* older code, used in older files.\ncontext: a free tag of one to three words.\n" in system
    assert system.count("*") == len(OLDER) + 1
    assert all(f"{name}*" in system for name in OLDER)


def test_what_the_event_does_not_have_has_no_heading() -> None:
    story = story_of({"agents": [], "targets": [], "instrument": ""}, analysis={})
    assert get_step("action").build_prompt(ask("action", story)).user == "Segment:\nOnce a fox lived by a river."


def test_the_package_exports_its_extraction() -> None:
    assert len(extract_action_examples(story_of({}, {}))) == 2
