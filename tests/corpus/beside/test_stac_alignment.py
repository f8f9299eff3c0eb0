from __future__ import annotations

import pytest

from ft_core.corpus.beside.bare_text import BareText
from ft_core.corpus.beside.stac_alignment import SpanPlace, find_span, place_sentences
from ft_core.corpus.beside.stac_sentence import StacSentence
from ft_core.story import TextSpan


def place(text: str, *sentences: str) -> tuple[list[tuple[int, int]], list[str]]:
    made = [StacSentence(f"$.sentences[{number}]", number, each, "action") for number, each in enumerate(sentences)]
    placed, lost = place_sentences(made, BareText.of(text))
    return [(each.start, each.end) for each in placed], [each.text for each in lost]


def find(text: str, span: TextSpan) -> SpanPlace:
    return find_span(span, BareText.of(span.text), BareText.of(text))


def test_sentences_are_found_whatever_the_white_space() -> None:
    assert place("A\u3000fox\nran.\xa0It  fell.", "A fox ran.", " It fell . ") == ([(0, 8), (8, 15)], [])


def test_each_sentence_is_found_behind_the_one_before_it() -> None:
    assert place("It ran. It fell. It ran.", "It ran.", "It fell.", "It ran.") == ([(0, 6), (6, 13), (13, 19)], [])
    assert place("It ran. It fell.", "It fell.", "It ran.") == ([(6, 13)], ["It ran."])


def test_a_sentence_that_is_not_found_moves_nothing() -> None:
    assert place("It ran. It fell.", "It ran.", "It flew.", "It fell.") == ([(0, 6), (6, 13)], ["It flew."])


def test_nothing_but_white_space_may_differ() -> None:
    assert place("The fox ran.", "the fox ran.", "The fox ran") == ([(0, 9)], ["the fox ran."])


TEXT = "They ran.  They fell.  They rose."


@pytest.mark.parametrize(
    ("start", "place"),
    [(11, 8), (9, 8), (10, 8), (0, 0), (3, 0), (23, 17), (99, 17), (7, 8), (18, 17)],
)
def test_a_segment_is_found_at_its_offsets_or_else_nearest_to_them(start: int, place: int) -> None:
    assert find(TEXT, TextSpan(start, start + 4, "They")) == SpanPlace(place)


def test_of_two_places_as_near_the_earlier_is_taken() -> None:
    assert find("aXXaXXa", TextSpan(0, 1, "XX")) == SpanPlace(1)
    assert find("XX..XX", TextSpan(2, 4, "XX")) == SpanPlace(0)


def test_a_segment_may_differ_from_the_text_in_white_space() -> None:
    assert find(TEXT, TextSpan(11, 23, "They\nfell. They")) == SpanPlace(8)


def test_a_segment_that_the_text_does_not_have_is_not_found() -> None:
    assert find(TEXT, TextSpan(0, 4, "They flew.")) == SpanPlace(problem="is not found")
    assert find(TEXT, TextSpan(-1, -1, "They flew.")) == SpanPlace(problem="is not found")
    assert find("", TextSpan(0, 4, "They")) == SpanPlace(problem="is not found")


def test_a_segment_without_offsets_is_found_only_where_there_is_one_such_place() -> None:
    assert find(TEXT, TextSpan(-1, -1, "They fell.")) == SpanPlace(8)
    assert find(TEXT, TextSpan(-1, -1, "They")) == SpanPlace(problem="has no offsets and is found more than once")
