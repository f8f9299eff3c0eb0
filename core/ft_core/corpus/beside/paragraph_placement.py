"""Which paragraph tells which event, where both keep their order and either may be without the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Place", "place_paragraphs"]


@dataclass(frozen=True, slots=True)
class Place:
    """An event and its paragraph, both counted from 0.

    Attributes:
        event: the number of the event.
        paragraph: the number of the paragraph.
        margin: by how much all pairs together fit worse where this one is not among them.
    """

    event: int
    paragraph: int
    margin: float


def place_paragraphs(fits: Sequence[Sequence[float]]) -> list[Place]:
    """Pair events with paragraphs, both in their order, so that the fits of all pairs together are largest.

    Args:
        fits: a row for each event: how well each paragraph fits it, 0 or more.

    >>> [(place.event, place.paragraph) for place in place_paragraphs([[0.1, 0.6, 0.0], [0.0, 0.1, 0.5]])]
    [(0, 1), (1, 2)]
    """
    before = _sum_up(fits)
    after = [row[::-1] for row in _sum_up([row[::-1] for row in fits[::-1]])[::-1]]
    return [
        Place(event, paragraph, _measure_margin(before[event], fits[event], after[event + 1], paragraph))
        for event, paragraph in _trace_back(before)
    ]


def _measure_margin(before: Sequence[float], fit: Sequence[float], after: Sequence[float], paragraph: int) -> float:
    totals = [before[column] + each + after[column + 1] for column, each in enumerate(fit)]
    without = max(map(sum, zip(before, after, strict=True)))
    return max(0.0, totals[paragraph] - max([without, *totals[:paragraph], *totals[paragraph + 1 :]]))


def _trace_back(sums: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    row, column = len(sums) - 1, len(sums[0]) - 1
    pairs: list[tuple[int, int]] = []
    while row and column:
        if sums[row][column] == sums[row][column - 1]:
            column -= 1
        elif sums[row][column] == sums[row - 1][column]:
            row -= 1
        else:
            row, column = row - 1, column - 1
            pairs.append((row, column))
    return pairs[::-1]


def _sum_up(fits: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the largest sum of the first so many events within the first so many paragraphs, for every two numbers."""
    width = len(fits[0]) if fits else 0
    sums = [[0.0] * (width + 1)]
    for fit in fits:
        above = sums[-1]
        row = [0.0]
        for column in range(width):
            row.append(max(row[-1], above[column + 1], above[column] + fit[column]))
        sums.append(row)
    return sums
