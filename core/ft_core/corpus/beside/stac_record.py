"""The STAC record of an event, made of the sentences that lie in its segment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ft_core.corpus.beside.bare_text import BareText
from ft_core.corpus.beside.stac_alignment import PlacedSentence
from ft_core.corpus.beside.stac_sentence import StacSentence
from ft_core.story import STAC_HEADS, Stac

__all__ = ["Piece", "cut_pieces", "list_filled", "make_record"]

_LEAST = 4
"""A sentence with less than one part of so many inside a segment belongs to the segment beside it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a sentence lies in a segment.

    Attributes:
        sentence: the sentence.
        start: where the piece begins in the segment, in characters without white space.
        end: where it ends.
        share: the part of the sentence that it is.
    """

    sentence: StacSentence
    start: int
    end: int
    share: float

    def as_json(self) -> dict[str, Any]:
        """Return the piece as a JSON object for the manifest."""
        return {"index": self.sentence.index, "head": self.sentence.head, "share": round(self.share, 3)}


def cut_pieces(placed: Sequence[PlacedSentence], start: int, end: int) -> list[Piece]:
    """Return what lies in a segment of each sentence that has at least a quarter of itself there.

    Args:
        placed: sentences in the order of the text; they do not overlap.
        start: where the segment begins in the text, in characters without white space.
        end: where it ends.
    """
    pieces = []
    for each in placed[bisect_right(placed, start, key=lambda sentence: sentence.end) :]:
        if each.start >= end:
            break
        first, last = max(each.start, start), min(each.end, end)
        if _LEAST * (last - first) >= each.end - each.start:
            share = (last - first) / (each.end - each.start)
            pieces.append(Piece(each.sentence, first - start, last - start, share))
    return pieces


def make_record(pieces: Sequence[Piece], segment: BareText, joint: str) -> Stac:
    """Gather the pieces of a segment under the heads of their sentences, in the segment's own words.

    Neighbours under one head keep what stands between them, such as a line break; pieces that are apart are joined.

    Args:
        pieces: in the order of the segment.
        segment: the text of the segment.
        joint: what stands between pieces that are apart.
    """
    return Stac(**{head: joint.join(segment.cut(*each) for each in _join_neighbours(pieces, head)) for head in STAC_HEADS})


def list_filled(stac: Stac | None) -> list[str]:
    """Return the heads of a record that hold something, in their order; none without a record."""
    return [head for head in STAC_HEADS if getattr(stac, head, "").strip()]


def _join_neighbours(pieces: Sequence[Piece], head: str) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for piece in pieces:
        if piece.sentence.head != head:
            continue
        if joined and joined[-1][1] == piece.start:
            joined[-1] = (joined[-1][0], piece.end)
        else:
            joined.append((piece.start, piece.end))
    return joined
