from __future__ import annotations

from typing import Any

import pytest

from ft_core import NotApplicable
from ft_relationship import extract_relationship_examples
from tests.plugins.asking import ask, get_step, gold, problems, story_of, why_not

TIE = {
    "agent": "Crane",
    "target": "Fox",
    "relationship_level1": "Social & Alliance",
    "relationship_level2": "friend",
    "sentiment": "positive",
}
INPUTS = {"doers": ["Crane"], "receivers": ["Fox"]}


def test_it_is_shown_the_doers_and_those_receivers_that_are_characters() -> None:
    assert ask("relationship", story_of({"targets": ["comb", "Fox"]})) == {
        "segment": "Once a fox lived by a river.",
        "summary": "A crane helps a fox.",
        "doers": ["Crane"],
        "receivers": ["Fox"],
    }


def test_the_files_target_type_is_not_read() -> None:
    assert ask("relationship", story_of({"target_type": "object"}))["receivers"] == ["Fox"]


def test_it_has_nothing_to_ask_without_a_doer_or_a_character_that_receives() -> None:
    assert ask("relationship", story_of({"agents": []})) == NotApplicable("the event has no doer", ".agents")
    story = story_of({"targets": ["comb"], "relationships": []})
    assert why_not("relationship", story) == ("$.narrative_events[0].targets", "no receiver is a character")


def test_the_annotated_ties_are_the_answer_with_their_keys_in_order() -> None:
    answer = gold("relationship", story_of({}))
    assert answer == {"relationships": [TIE]}
    assert list(answer["relationships"][0]) == list(TIE)


def test_an_event_without_a_tie_gives_no_example() -> None:
    story = story_of({"relationships": []})
    assert why_not("relationship", story) == ("$.narrative_events[0].relationships", "no relationship is annotated")


@pytest.mark.parametrize("key", list(TIE))
def test_one_tie_that_lacks_a_label_leaves_the_event_without_an_example(key: str) -> None:
    story = story_of({"relationships": [TIE, TIE | {key: ""}]})
    path, reason = why_not("relationship", story)
    assert path == f"$.narrative_events[0].relationships[1].{key}"
    assert reason == f"no {key} is annotated"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"relationship_level2": "enemy"}, ".relationship_level2: 'enemy' does not belong to 'Social & Alliance'"),
        ({"agent": "Fox"}, ".agent: 'Fox' is not one of the doers"),
        ({"target": "comb"}, ".target: 'comb' is not one of the receivers that are characters"),
    ],
)
def test_a_tie_has_to_fit_its_family_and_the_names_asked_about(change: dict[str, str], problem: str) -> None:
    assert problems("relationship", {"relationships": [TIE | change]}, INPUTS) == [f"$.relationships[0]{problem}"]


def test_a_tie_may_not_be_given_twice() -> None:
    output: dict[str, Any] = {"relationships": [TIE, TIE]}
    assert problems("relationship", output, INPUTS) == ["$.relationships[1]: the relationship is given twice"]
    output = {"relationships": [TIE, TIE | {"sentiment": "fearful"}]}
    assert problems("relationship", output, INPUTS) == []


def test_an_answer_has_at_least_one_tie() -> None:
    [problem] = problems("relationship", {"relationships": []}, INPUTS)
    assert problem.startswith("$.relationships: ")


def test_the_prompt_says_what_no_tie_looks_like_and_that_ties_mark_no_seniority() -> None:
    system = get_step("relationship").build_prompt(ask("relationship", story_of({}))).system
    assert "where the text shows none, it is Neutral, stranger; the sentiment still says the agent's stance here." in system
    assert "No tie marks who is senior: parent_child is also child to parent, " in system


def test_an_answer_is_written_into_the_event() -> None:
    story = story_of({"relationships": []})
    get_step("relationship").apply_output(story, story.events[0], {"relationships": [TIE]})
    assert gold("relationship", story) == {"relationships": [TIE]}


def test_the_package_exports_its_extraction() -> None:
    assert len(extract_relationship_examples(story_of({}, {}))) == 2
