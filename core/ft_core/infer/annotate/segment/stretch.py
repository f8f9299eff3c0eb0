"""A stretch of a text, by its offsets."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Stretch", "trim"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``start`` up to ``end``, in characters (code points)."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


def trim(text: str, start: int, end: int) -> Stretch | None:
    """Return a stretch without the white space at its ends, or None where it has nothing else.

    >>> trim("  a fox. ", 0, 9)
    Stretch(start=2, end=8)
    """
    piece = text[start:end]
    kept = piece.strip()
    if not kept:
        return None
    first = start + len(piece) - len(piece.lstrip())
    return Stretch(first, first + len(kept))
