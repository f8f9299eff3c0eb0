from __future__ import annotations

import doctest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ft_core import PROPP_FUNCTIONS
from ft_event_type import description as description_module
from ft_event_type import excerpt as excerpt_module
from ft_event_type import extract_event_type_examples
from ft_event_type.description import join_description, split_description
from ft_event_type.excerpt import COLUMNS, excerpt_end, excerpt_start
from tests.plugins.asking import ask, get_step, gold, problems, story_of, why_not

RECORD = {"situation": "Once a fox lived by a river.", "task": "", "action": "", "consequence": ""}
UNTOLD: dict[str, Any] = {"text_span": None, "event_type": "LACK"}


def test_it_is_shown_what_surrounds_the_event() -> None:
    story = story_of({"event_type": "LACK"}, {"stac": RECORD}, {"event_type": "RETURN"})
    assert ask("event_type", story, 1) == {
        "segment": "The crane lent the fox a silver comb.",
        "summary": "A crane helps a fox.",
        "stac": RECORD,
        "position": {"k": 2, "n": 3},
        "previous_segment": "Once a fox lived by a river.",
        "next_segment": "The fox thanked the crane and went home.",
        "earlier_functions": ["LACK"],
    }


def test_the_first_and_the_last_event_lack_a_neighbour_and_an_event_may_lack_a_record() -> None:
    inputs = ask("event_type", story_of({}))
    assert (inputs["previous_segment"], inputs["next_segment"]) == ("", "")
    assert (inputs["stac"], inputs["earlier_functions"]) == ({}, [])


def test_events_without_a_segment_do_not_count() -> None:
    inputs = ask("event_type", story_of({"event_type": "DEPARTURE"}, UNTOLD, {}, UNTOLD), 2)
    assert inputs["position"] == {"k": 2, "n": 2}
    assert inputs["earlier_functions"] == ["DEPARTURE"]
    assert (inputs["previous_segment"], inputs["next_segment"]) == ("Once a fox lived by a river.", "")


def test_functions_of_earlier_events_are_shown_only_where_they_are_set() -> None:
    story = story_of({"event_type": "LACK"}, {"event_type": ""}, {"event_type": "OTHER"}, {})
    assert ask("event_type", story, 3)["earlier_functions"] == ["LACK", "OTHER"]


def test_the_function_and_the_halves_of_the_description_are_the_answer() -> None:
    assert gold("event_type", story_of({"event_type": "Initial Situation"})) == {
        "event_type": "Initial Situation",
        "description_general": "a helper lends a tool",
        "description_specific": "the crane lends a comb",
    }


def test_an_event_without_a_function_gives_no_example() -> None:
    story = story_of({"event_type": ""})
    assert why_not("event_type", story) == ("$.narrative_events[0].event_type", "no event type is annotated")


@pytest.mark.parametrize(
    ("description", "halves"),
    [
        ("help; the crane lends a comb", ("help", "the crane lends a comb")),
        ("the crane came; it gave; it left", ("the crane came; it gave; it left", "")),
        ("help;", ("help;", "")),
        ("; the crane lends a comb", ("; the crane lends a comb", "")),
        ("帮助；鹤借梳子", ("帮助；鹤借梳子", "")),
        ("Once a fox lived", ("Once a fox lived", "")),
        ("", ("", "")),
    ],
)
def test_only_one_separator_between_two_set_halves_divides_a_description(description: str, halves: tuple[str, str]) -> None:
    assert split_description(description) == halves


def test_a_copied_description_is_emptied_by_the_reader_and_one_that_was_set_in_memory_stays() -> None:
    story = story_of({"description": "Once a fox lived"})
    assert gold("event_type", story)["description_general"] == ""
    story.events[0].description = "Once a fox lived"
    assert gold("event_type", story)["description_general"] == "Once a fox lived"


@given(st.text(alphabet="a ;鹤"))
def test_a_gold_description_written_and_read_again_is_the_same(description: str) -> None:
    halves = split_description(description)
    assert split_description(join_description(*halves)) == halves


@given(st.text(alphabet="a ;鹤"), st.text(alphabet="b ;鹤"))
def test_two_set_halves_stay_two_whatever_a_model_writes_into_them(general: str, specific: str) -> None:
    joined = join_description(general, specific)
    assert bool(split_description(joined)[1]) == bool(general.strip() and specific.strip())


def test_a_specific_half_alone_becomes_the_whole_description() -> None:
    assert join_description("", "the crane; it helps") == "the crane, it helps"


def test_an_answer_is_written_into_the_event() -> None:
    story = story_of({"event_type": "", "description": ""})
    answer = {"event_type": "RETURN", "description_general": "the hero goes home", "description_specific": "the fox leaves"}
    get_step("event_type").apply_output(story, story.events[0], answer)
    assert story.events[0].description == "the hero goes home;the fox leaves"
    assert gold("event_type", story) == answer


def test_a_code_is_not_an_answer() -> None:
    answer = {"event_type": "A", "description_general": "", "description_specific": ""}
    [problem] = problems("event_type", answer, {})
    assert problem.startswith("$.event_type: 'A' is not one of ['Initial Situation', ")


@pytest.mark.parametrize("text", ["The fox ran. " * 30, "狐狸跑了，鹤也飞走了。" * 30, "a" * 400, "狐" * 400, "short"])
def test_an_excerpt_is_a_shortened_end_of_the_text(text: str) -> None:
    whole, start, end = text.strip(), excerpt_start(text), excerpt_end(text)
    assert whole.startswith(start.removesuffix("…"))
    assert whole.endswith(end.removeprefix("…"))
    for excerpt in (start, end):
        assert len(excerpt.encode("gb18030")) <= COLUMNS + 2  # gb18030 has one byte a column for these characters


def test_an_excerpt_is_cut_where_a_sentence_ends_or_else_where_a_word_ends() -> None:
    assert excerpt_start("狐狸跑了，鹤也飞走了。" * 30).endswith("飞走了。…")
    assert excerpt_end("狐狸跑了，鹤也飞走了。" * 30).startswith("…狐狸")
    assert excerpt_start("crane " * 30).endswith("crane…")
    assert excerpt_end("crane " * 30).startswith("…crane ")


def test_the_prompt_tells_position_neighbours_functions_and_filled_heads() -> None:
    story = story_of({"event_type": "LACK"}, {"stac": RECORD}, {})
    user = get_step("event_type").build_prompt(ask("event_type", story, 1)).user
    assert user == "\n\n".join(
        [
            "Summary of the tale:\nA crane helps a fox.",
            "Position:\nevent 2 of 3",
            "Functions of earlier events:\nLACK",
            "Segment before:\nOnce a fox lived by a river.",
            "Segment after:\nThe fox thanked the crane and went home.",
            'Situation, task, action, consequence:\n{"situation": "Once a fox lived by a river."}',
            "Segment:\nThe crane lent the fox a silver comb.",
        ]
    )


def test_the_prompt_glosses_every_function_in_propps_order_and_names_no_code() -> None:
    system = get_step("event_type").build_prompt(ask("event_type", story_of({}))).system
    glossed = [line.removeprefix("- ").split(":")[0] for line in system.splitlines() if line.startswith("- ")]
    assert glossed == [*PROPP_FUNCTIONS, "OTHER"]
    codes = {code for code in PROPP_FUNCTIONS.values() if len(code) > 1}
    assert not codes & set(system.replace(",", " ").replace(":", " ").split())


def test_the_package_exports_its_extraction() -> None:
    assert len(extract_event_type_examples(story_of({}, {}))) == 2


@pytest.mark.parametrize("module", [description_module, excerpt_module], ids=["description", "excerpt"])
def test_the_examples_in_the_docstrings_hold(module: Any) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
