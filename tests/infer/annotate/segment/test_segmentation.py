from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ft_core import Story
from ft_core.corpus.reading.language import detect_language
from ft_core.infer.annotate.segment.paragraph import list_paragraphs
from ft_core.infer.annotate.segment.segmentation import Segmentation, divide_text, segment_story
from ft_core.infer.annotate.segment.stretch import Stretch

LETTERS = "aB. !?\n\r\t\u3000。！？」「”“…、；好おAé\u00a0\u2028\U0001f98a\x00<|>&"
TEXTS = st.text(LETTERS, max_size=120) | st.text(max_size=60)


def cut(text: str, stretches: list[Stretch]) -> list[str]:
    return [text[each.start : each.end] for each in stretches]


def check(text: str, stretches: list[Stretch], longest: int) -> None:
    """In order, without overlap, nothing but white space left out, none blank, none too long."""
    place = 0
    for each in stretches:
        assert place <= each.start < each.end <= len(text)
        assert text[place : each.start].strip() == ""
        assert text[each.start : each.end] == text[each.start : each.end].strip()
        assert len(each) <= longest
        place = each.end
    assert text[place:].strip() == ""


@given(
    TEXTS,
    st.sampled_from(["paragraphs", "sentences"]),
    st.integers(1, 80),
    st.integers(1, 60),
    st.sampled_from(["", "en", "ja", "zh-Hant", "x"]),
)
@example("a.\x1cb", "sentences", 5, 5, "en")
@example("「おい。」\r\n\r\n　はい", "paragraphs", 3, 3, "ja")
def test_segments_are_in_order_and_leave_out_nothing_but_white_space(
    text: str, kind, length: int, longest: int, language: str
) -> None:
    check(text, divide_text(text, language, Segmentation(kind, length, longest)), longest)


@given(TEXTS)
@example("A\u3000. B")
@example("A\xa0. B\u2003.")
def test_the_text_of_a_segment_is_where_its_offsets_say(text: str) -> None:
    story = Story("fox", text=text)
    kind = segment_story(story, Segmentation("sentences", 20))
    assert bool(kind) == bool(text.strip())
    assert all(event.span and event.span.text == text[event.span.start : event.span.end] for event in story.events)
    assert len({event.id for event in story.events}) == len(story.events)
    assert [event.time_order for event in story.events] == list(range(1, len(story.events) + 1))


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One two\nthree four.\n\nFive.", ["One two\nthree four.", "Five."]),
        ("One.\n \t\nTwo.\r\n\r\nThree.\r\rFour.", ["One.", "Two.", "Three.", "Four."]),
        ("第一段。\n第二段。\n第三段", ["第一段。", "第二段。", "第三段"]),
        ("　昔々、おじいさんが\n　山へ行きました。\n　おわり", ["昔々、おじいさんが", "山へ行きました。", "おわり"]),
        ("「おい。」\n「はい」\nと言った。", ["「おい。」", "「はい」", "と言った。"]),
        ("He walked\nand walked.\nThen he\nslept.", ["He walked\nand walked.\nThen he\nslept."]),
        ("Title\n\nBody.", ["Title", "Body."]),
        (" \n\n ", []),
    ],
)
def test_paragraphs_are_found_in_any_layout(text: str, paragraphs: list[str]) -> None:
    assert cut(text, list_paragraphs(text)) == paragraphs


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "Dr. Fox came. “Who is there?” he cried! Nobody.", ["Dr. Fox came.", "“Who is there?” he cried!", "Nobody."]),
        ("zh", "从前有座山。山里有座庙！庙里有谁？一个老和尚", ["从前有座山。", "山里有座庙！", "庙里有谁？", "一个老和尚"]),
        (
            "ja",
            "昔々、ある所に。「おい。どこへ行く。」と言った。　おわり！",
            ["昔々、ある所に。", "「おい。どこへ行く。」", "と言った。", "おわり！"],
        ),
    ],
)
def test_sentences_end_as_they_do_in_their_language(language: str, text: str, sentences: list[str]) -> None:
    assert cut(text, divide_text(text, language, Segmentation("sentences", 1))) == sentences


def test_sentences_are_grouped_across_paragraphs_to_about_the_length_asked_for() -> None:
    text = "".join(f"This is sentence {number}.\n" for number in range(40))
    sizes = [len(each) for each in divide_text(text, "en", Segmentation("sentences", 100))]
    assert all(75 <= size <= 125 for size in sizes[:-1])


def test_a_long_paragraph_is_divided_at_sentences_and_a_short_one_is_not() -> None:
    text = "Short one. Stays whole.\n\n" + "A fox ran over the hill. " * 20
    found = cut(text, divide_text(text, "en", Segmentation("paragraphs", 100, 150)))
    assert found[0] == "Short one. Stays whole."
    assert all(piece.endswith("hill.") and len(piece) <= 150 for piece in found[1:])


def test_a_sentence_that_never_ends_is_cut_at_a_clause_a_comma_a_space_or_anywhere() -> None:
    for text, ends in (("走，" * 300, "，"), ("go on " * 300, "n"), ("x" * 1000, "x")):
        pieces = cut(text, divide_text(text, "en", Segmentation("paragraphs", 100, 150)))
        assert all(len(piece) <= 150 and piece.endswith(ends) for piece in pieces)
        assert len(pieces) <= 2 * len(text) / 150 + 1


def test_a_tale_keeps_its_own_segments_whatever_is_asked_for() -> None:
    from tests.plugins.asking import story_of

    for kind in ("auto", "spans", "sentences"):
        story = story_of({}, {})
        before = list(story.events)
        assert segment_story(story, Segmentation(kind)) == "spans"
        assert story.events == before


def test_events_without_a_segment_stay_and_new_ones_come_after_them() -> None:
    from tests.plugins.asking import story_of

    story = story_of({"text_span": None, "time_order": 7})
    assert segment_story(story, Segmentation("spans")) == ""
    assert segment_story(story, Segmentation()) == "paragraphs"
    assert [(event.path, event.time_order) for event in story.events] == [
        ("$.narrative_events[0]", 7),
        ("$.narrative_events[1]", 8),
    ]


@pytest.mark.corpus
def test_the_texts_of_the_corpus_are_divided_without_loss(corpus: Path) -> None:
    files = sorted(corpus.glob("*/texts/*.txt"))
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8-sig")
        language = detect_language(text, "")
        for kind in ("paragraphs", "sentences"):
            check(text, divide_text(text, language, Segmentation(kind)), 1600)
