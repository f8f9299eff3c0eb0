"""Where the sentences of a sidecar and the segments of events stand in the text of a tale, whatever its white space."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ft_core.corpus.beside.bare_text import BareText, strip_bare
from ft_core.corpus.beside.stac_sentence import StacSentence
from ft_core.story import TextSpan

__all__ = ["PlacedSentence", "SpanPlace", "find_span", "place_sentences"]


@dataclass(frozen=True, slots=True)
class PlacedSentence:
    """A sentence and where it is, from ``start`` up to ``end``, in characters of the text without white space."""

    sentence: StacSentence
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpanPlace:
    """Where a segment begins, in characters of the text without white space, or the ``problem`` why that is not known."""

    start: int = 0
    problem: str = ""


def place_sentences(sentences: Iterable[StacSentence], text: BareText) -> tuple[list[PlacedSentence], list[StacSentence]]:
    """Find each sentence in the text behind the one that was found before it; nothing but white space may differ.

    Returns:
        The sentences that were found, in the order of the text, and those that were not; these move nothing.
    """
    placed: list[PlacedSentence] = []
    lost: list[StacSentence] = []
    end = 0
    for sentence in sentences:
        bare = strip_bare(sentence.text)
        start = text.bare.find(bare, end)
        if start < 0:
            lost.append(sentence)
        else:
            end = start + len(bare)
            placed.append(PlacedSentence(sentence, start, end))
    return placed, lost


def find_span(span: TextSpan, segment: BareText, text: BareText) -> SpanPlace:
    """Find the segment of an event: at its offsets, or else where its text stands nearest to them.

    Args:
        span: where the file says it is.
        segment: its text, which is the truth; it may differ from the tale's in white space.
        text: the tale's text.

    Returns:
        Its place. A segment without offsets has one only if its text stands in the tale just once.
    """
    if span.start < 0:
        return _find_only(segment.bare, text.bare)
    wanted = text.count_before(span.start)
    behind = text.bare.find(segment.bare, wanted)
    if behind == wanted:
        return SpanPlace(wanted)
    before = text.bare.rfind(segment.bare, 0, wanted + len(segment.bare))
    found = [place for place in (before, behind) if place >= 0]
    return SpanPlace(min(found, key=lambda place: abs(place - wanted))) if found else SpanPlace(problem="is not found")


def _find_only(bare: str, text: str) -> SpanPlace:
    first = text.find(bare)
    if first < 0:
        return SpanPlace(problem="is not found")
    if text.find(bare, first + 1) >= 0:
        return SpanPlace(problem="has no offsets and is found more than once")
    return SpanPlace(first)
