from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ft_core import STAC_HEADS, NoGold, drop_unspellable
from ft_stac import extract_stac_examples
from ft_stac.record import NO_HEAD, write_record
from ft_stac.sentence import list_sentences
from ft_stac.sorting import find_heads
from ft_stac.validation import validate_output
from tests.plugins.asking import ask, get_step, gold, problems, story_of, why_not

TEXT = "Once a fox lived by a river. It was hungry. “Cross over!” said the crane.\nSo it crossed."
SPAN = {"start": 0, "end": len(TEXT), "text": TEXT}
SENTENCES = ["Once a fox lived by a river.", "It was hungry.", "“Cross over!”", "said the crane.", "So it crossed."]
RECORD = {
    "situation": "Once a fox lived by a river. It was hungry.",
    "task": "“Cross over!”",
    "action": "So it crossed.",
    "consequence": "",
}
EMPTY = dict.fromkeys(STAC_HEADS, "")


def answer(*heads: str) -> dict[str, Any]:
    pairs = zip(SENTENCES, heads, strict=True)
    return {"sentences": [{"text": sentence, "head": head} for sentence, head in pairs]}


ANSWER = answer("situation", "situation", "task", "none", "action")


def test_it_is_shown_the_segment_its_sentences_its_place_and_the_summary() -> None:
    inputs = {"segment": TEXT, "sentences": SENTENCES, "place": "at the beginning", "summary": "A crane helps a fox."}
    assert ask("stac", story_of({"text_span": SPAN, "stac": RECORD}, {})) == inputs


def test_the_prompt_has_a_sentence_a_line() -> None:
    prompt = get_step("stac").build_prompt({"segment": TEXT, "sentences": SENTENCES})
    assert prompt.user == "Segment:\n" + "\n".join(SENTENCES)


def test_the_prompt_says_where_in_the_tale_the_segment_stands() -> None:
    prompt = get_step("stac").build_prompt({"segment": TEXT, "sentences": SENTENCES, "place": "late"})
    assert prompt.user.startswith("Place in the tale:\nlate\n\nSegment:\n")


def places(*events: dict[str, Any]) -> list[str]:
    story = story_of(*events)
    return [ask("stac", story, number)["place"] for number, event in enumerate(story.events) if event.text]


@pytest.mark.parametrize(
    ("count", "between"),
    [
        (1, None),
        (2, []),
        (3, ["in the middle"]),
        (4, ["before the middle", "after the middle"]),
        (6, ["before the middle", "in the middle", "after the middle", "late"]),
        (7, ["early", "before the middle", "in the middle", "after the middle", "late"]),
    ],
)
def test_the_place_goes_from_the_beginning_of_the_tale_to_its_end(count: int, between: list[str] | None) -> None:
    assert places(*[{}] * count) == ([""] if between is None else ["at the beginning", *between, "at the end"])


def test_events_without_a_segment_do_not_move_the_places_of_others() -> None:
    assert places({"text_span": None}, {}, {"text_span": None}, {}, {}, {"text_span": None}) == places({}, {}, {})


def test_the_place_is_that_in_time() -> None:
    assert places({"time_order": 3}, {"time_order": 1}, {"time_order": 2}) == places({}, {}, {})
    story = story_of({"time_order": 2, "text_span": SPAN}, {"time_order": 1})
    assert [event.text == TEXT for event in story.events] == [False, True]
    assert ask("stac", story, 1)["place"] == "at the end"


def test_the_labels_of_other_events_do_not_move_the_place() -> None:
    assert places({"stac": RECORD}, {"text_span": SPAN, "event_type": "VICTORY"}, {"agents": ["Fox"]}) == places({}, {}, {})


def test_the_heads_of_the_annotated_record_are_the_answer() -> None:
    assert gold("stac", story_of({"text_span": SPAN, "stac": RECORD})) == ANSWER


def test_an_event_without_a_record_gives_no_example() -> None:
    assert why_not("stac", story_of({})) == ("$.narrative_events[0].stac", "no STAC record is annotated")


def test_an_empty_record_gives_no_example() -> None:
    story = story_of({"stac": EMPTY})
    assert story.events[0].stac is None
    story = story_of({"stac": {"situation": "…"}})
    assert why_not("stac", story) == ("$.narrative_events[0].stac", "the STAC record has no words")


def test_a_record_in_other_words_gives_no_example_and_says_which() -> None:
    story = story_of({"text_span": SPAN, "stac": RECORD | {"consequence": "It came home"}})
    assert why_not("stac", story) == ("$.narrative_events[0].stac.consequence", "the segment has no words 'It came home'")


def test_a_record_that_divides_a_sentence_gives_no_example_and_says_which() -> None:
    story = story_of({"text_span": SPAN, "stac": EMPTY | {"situation": "Once a fox lived", "action": "by a river."}})
    why = "one sentence is under situation and action: 'Once a fox lived by a river.'"
    assert why_not("stac", story) == ("$.narrative_events[0].stac", why)


def test_a_sentence_of_which_a_part_is_quoted_is_under_the_head_of_that_part() -> None:
    story = story_of({"text_span": SPAN, "stac": EMPTY | {"action": "by a river"}})
    assert gold("stac", story) == answer("action", "none", "none", "none", "none")


def test_words_that_are_within_longer_ones_under_another_head_are_found_elsewhere() -> None:
    record = EMPTY | {"action": "He ran and hid.", "consequence": "He ran"}
    assert find_heads(record, ["He ran and hid.", "He ran."]) == ["action", "consequence"]
    assert find_heads(record, ["He ran and hid."]) == NoGold(
        ".stac.consequence", "the segment has 'He ran' less often than the record"
    )


def quote(**heads: str) -> dict[str, str]:
    return EMPTY | heads


@pytest.mark.parametrize(
    ("record", "sentences", "heads"),
    [
        (quote(situation="He ran. She cried.", action="He ran. She hid."), "He ran.|She hid.|He ran.|She cried.", "aass"),
        (quote(action="Who? I. He went.", task="Who? I. She cried."), "Who?|I.|He went.|Who?|I.|She cried.", "aaattt"),
        (quote(action="木兰。木兰。"), "木兰。|木兰。|木兰。", "aan"),
        (quote(action="He was old and slept."), "The band played.|He was old and, being tired, slept.", "na"),
        (quote(situation="CAFE\u0301"), "Caf\u00e9 au lait.|Ｆｉｎ", "sn"),
        (quote(action="Fin"), "Caf\u00e9 au lait.|Ｆｉｎ", "na"),
    ],
)
def test_which_sentence_is_quoted_is_seen_by_those_around_it(record: dict[str, str], sentences: str, heads: str) -> None:
    found = find_heads(record, sentences.split("|"))
    assert isinstance(found, list)
    assert "".join(head[0] for head in found) == heads


@pytest.mark.parametrize("words", ["rather", "and"])
def test_what_is_no_word_of_one_sentence_is_not_quoted(words: str) -> None:
    found = find_heads(quote(action=words), ["He saw the rat.", "Her band played."])
    assert found == NoGold(".stac.action", f"the segment has no words {words!r}")


def test_an_event_without_words_is_not_asked_about() -> None:
    assert why_not("stac", story_of({"text_span": {"start": 0, "end": 1, "text": "…"}, "stac": RECORD})) == (
        "$.narrative_events[0].text_span.text",
        "the segment has no words",
    )


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (ANSWER, None),
        (answer(*["none"] * 5), "$.sentences: every head is none; at least one sentence must have another one"),
        ({"sentences": ANSWER["sentences"][:2]}, "$.sentences: has 2 sentences, and the segment has 5"),
        ({"sentences": [*ANSWER["sentences"], ANSWER["sentences"][0]]}, "$.sentences: has 6 sentences, and the segment has 5"),
        (
            {"sentences": ANSWER["sentences"][1:]},
            "$.sentences[0].text: is not the segment's sentence 1, which is 'Once a fox lived by a river.'",
        ),
    ],
)
def test_an_answer_goes_through_all_sentences_in_their_order(given: Any, problem: str | None) -> None:
    assert problems("stac", given, {"segment": TEXT, "sentences": SENTENCES}) == ([problem] if problem else [])


def test_the_record_that_an_answer_makes_is_written_into_the_event() -> None:
    story = story_of({"text_span": SPAN})
    get_step("stac").apply_output(story, story.events[0], ANSWER)
    assert gold("stac", story) == ANSWER
    assert story.events[0].stac is not None
    assert story.events[0].stac.situation == RECORD["situation"]


@pytest.mark.parametrize(("language", "joined"), [("en", "甲。 丙。"), ("zh-Hant", "甲。丙。"), ("ja", "甲。丙。")])
def test_sentences_that_are_apart_are_joined_as_their_language_does(language: str, joined: str) -> None:
    story = story_of({"text_span": {"start": 0, "end": 6, "text": "甲。乙。丙。"}})
    story.language = language
    heads = {"甲。": "action", "乙。": "task", "丙。": "action"}
    given = {"sentences": [{"text": text, "head": head} for text, head in heads.items()]}
    get_step("stac").apply_output(story, story.events[0], given)
    assert story.events[0].stac is not None
    assert story.events[0].stac.action == joined


@pytest.mark.parametrize(
    ("segment", "sentences"),
    [
        ("He ran. She hid!  Why?", ["He ran.", "She hid!", "Why?"]),
        ("At 1.30 Mr. Fox met Dr. Crane... So", ["At 1.30 Mr. Fox met Dr. Crane...", "So"]),
        ("“不好了！”他说，“走！”「痛い。」と鬼。", ["“不好了！”", "他说，“走！”", "「痛い。」", "と鬼。"]),
        ("A line\nAnother\r\n\r\n  ***\nThe last", ["A line", "Another", "The last"]),
        ("He ran on \r\n  and\non. So\ndid she", ["He ran on and on.", "So did she"]),
        (
            "３．１４メートル。«Go!» he said. 他跑了!她哭了?好",
            ["３．１４メートル。", "«Go!»", "he said.", "他跑了!", "她哭了?", "好"],
        ),
        ("“Why?”, he said", ["“Why?”,", "he said"]),
        (" … \n", []),
    ],
)
def test_sentences_end_where_annotators_end_them(segment: str, sentences: list[str]) -> None:
    assert list_sentences(segment) == sentences


SEGMENTS = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        st.sampled_from(["He ran. ", "木兰。", "，", "」\n「", '."', "...", "Mr. ", "(.*)", "\\", " ", "狐狸", "!?"]),
    ),
    max_size=15,
).map("".join)


@given(SEGMENTS)
def test_no_letter_of_a_segment_is_lost(segment: str) -> None:
    letters = [letter for sentence in list_sentences(segment) for letter in sentence if letter.isalnum()]
    assert letters == [letter for letter in segment if letter.isalnum()]
    assert all(sentence == sentence.strip() and "\n" not in sentence for sentence in list_sentences(segment))


@given(SEGMENTS, st.data())
def test_the_heads_of_sentences_are_found_in_the_record_that_they_make(segment: str, data: st.DataObject) -> None:
    sentences = list_sentences(drop_unspellable(segment))
    letters = ["".join(filter(str.isalnum, each)) for each in sentences]
    assume(not any(a in b for number, a in enumerate(letters) for b in (*letters[:number], *letters[number + 1 :])))
    heads = data.draw(st.lists(st.sampled_from([*STAC_HEADS, NO_HEAD]), min_size=len(sentences), max_size=len(sentences)))
    given = {"sentences": [{"text": text, "head": head} for text, head in zip(sentences, heads, strict=True)]}
    assert find_heads(write_record(given, segment), sentences) == heads


def test_the_package_exports_its_extraction() -> None:
    assert len(extract_stac_examples(story_of({"text_span": SPAN, "stac": RECORD}))) == 1


def test_of_a_record_as_other_prompts_ask_for_only_an_empty_one_is_refused() -> None:
    assert validate_output(RECORD, {}) == []
    assert [str(problem) for problem in validate_output(EMPTY | {"task": " "}, {})] == [
        "$: situation, task, action and consequence are all empty; at least one must be set"
    ]
