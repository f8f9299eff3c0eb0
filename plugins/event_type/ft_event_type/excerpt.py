"""A few words of a neighbouring segment, cut where a sentence or at least a word ends."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

__all__ = ["COLUMNS", "excerpt_end", "excerpt_start"]

COLUMNS = 120
"""How much is kept, in columns: a Chinese or Japanese character, which says more than a Latin one, takes two."""

_WIDE = {"W", "F"}

_BREAKS = (
    re.compile(r"[.!?。！？]+[\"'”’」』)）]*\s*"),
    re.compile(r"\s+|[，、；：,;:]|[\u3040-\u30ff\u3400-\u9fff]"),
)
"""Where a text may be cut: rather after a sentence, else after a word, or a character where words have no spaces."""


def excerpt_start(text: str) -> str:
    """Return how a text begins.

    >>> excerpt_start("The fox came. " + "He sat down by the well and looked at the moon in the water. " * 3)
    'The fox came. He sat down by the well and looked at the moon in the water.…'
    """
    folded = " ".join(text.split())
    room = _count_fitting(folded)
    if room == len(folded):
        return folded
    return folded[: _find_break(folded, room // 2, room, last=True)].rstrip() + "…"


def excerpt_end(text: str) -> str:
    """Return how a text ends.

    >>> excerpt_end("He sat down by the well and looked at the moon in the water. " * 3 + "Then he left.")
    '…He sat down by the well and looked at the moon in the water. Then he left.'
    """
    folded = " ".join(text.split())
    first = len(folded) - _count_fitting(folded[::-1])
    if first == 0:
        return folded
    return "…" + folded[_find_break(folded, first, (first + len(folded)) // 2, last=False) :].lstrip()


def _count_fitting(text: str) -> int:
    start = text[:COLUMNS]  # every character takes a column at least
    if start.isascii():
        return len(start)
    columns = 0
    for number, character in enumerate(start):
        columns += 2 if east_asian_width(character) in _WIDE else 1
        if columns > COLUMNS:
            return number
    return len(start)


def _find_break(text: str, low: int, high: int, *, last: bool) -> int:
    """Return the best place to cut between two offsets, or the outer one where a single word fills all the room."""
    for pattern in _BREAKS:
        places = [match.end() for match in pattern.finditer(text) if low <= match.end() <= high]
        if places:
            return places[-1] if last else places[0]
    return high if last else low
