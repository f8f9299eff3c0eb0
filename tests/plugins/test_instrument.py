from __future__ import annotations

from ft_instrument import extract_instrument_examples
from tests.plugins.asking import ask, get_step, gold, problems, story_of, why_not


def test_it_is_shown_the_segment_the_summary_and_the_doers() -> None:
    assert ask("instrument", story_of({})) == {
        "segment": "Once a fox lived by a river.",
        "summary": "A crane helps a fox.",
        "doers": ["Crane"],
    }


def test_the_annotated_instrument_is_the_answer_and_a_blank_means_none() -> None:
    story = story_of({}, {"instrument": ""})
    assert gold("instrument", story, 0) == {"instrument": "silver comb", "explanation": ""}
    assert gold("instrument", story, 1) == {"instrument": "", "explanation": ""}


def test_an_event_that_nobody_annotated_does_not_teach_that_there_is_no_instrument() -> None:
    story = story_of({"agents": [], "targets": [], "instrument": "", "relationships": []})
    assert why_not("instrument", story) == (
        "$.narrative_events[0].instrument",
        "neither an instrument nor an agent or target is annotated",
    )


def test_an_instrument_made_of_blanks_is_not_valid() -> None:
    assert problems("instrument", {"instrument": " ", "explanation": ""}, {}) == [
        '$.instrument: the name is made of blanks; "" means that there is none'
    ]
    assert problems("instrument", {"instrument": "", "explanation": ""}, {}) == []


def test_an_answer_is_written_into_the_event() -> None:
    story = story_of({"instrument": ""})
    get_step("instrument").apply_output(story, story.events[0], {"instrument": "牛皮", "explanation": "it flies"})
    assert story.events[0].instrument == "牛皮"


def test_the_doers_are_one_json_line_in_their_own_script() -> None:
    prompt = get_step("instrument").build_prompt({"segment": "织女哭了。", "summary": "", "doers": ["织女", "Ox, the old"]})
    assert prompt.user == 'Doers:\n["织女", "Ox, the old"]\n\nSegment:\n织女哭了。'


def test_the_package_exports_its_extraction() -> None:
    assert len(extract_instrument_examples(story_of({}, {}))) == 2
