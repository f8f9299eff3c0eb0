"""Capping the share of empty answers among a step's training examples, by a choice that the seed makes."""

from __future__ import annotations

from array import array

__all__ = ["EmptyAnswers"]


class EmptyAnswers:
    """The training examples of a step whose answer is empty: their line numbers and lots, sixteen bytes each."""

    def __init__(self) -> None:
        self._lines = array("Q")
        self._lots = array("Q")

    def __len__(self) -> int:
        """Return how many were noted."""
        return len(self._lines)

    def add(self, line: int, lot: int) -> None:
        """Note one; ``line`` counts from 0."""
        self._lines.append(line)
        self._lots.append(lot)

    def choose_dropped(self, total: int, cap: float) -> dict[int, int]:
        """Choose which to leave out, so that at most the share ``cap`` of the examples that stay is empty.

        The lowest lots stay. Where no answer is anything but empty, all stay: there is nothing to balance.

        Args:
            total: how many examples there are, with empty answers or not.
            cap: the largest share of empty ones, above 0 and below 1.

        Returns:
            The line number of each that is left out, by its place among those that were noted; both in rising order.

        >>> answers = EmptyAnswers()
        >>> for line, lot in ((0, 50), (1, 10), (3, 30), (4, 20)):
        ...     answers.add(line, lot)
        >>> answers.choose_dropped(6, cap=0.5)
        {0: 0, 2: 3}
        """
        filled = total - len(self._lines)
        kept = int(cap * filled / (1 - cap) + 1e-9) if filled else len(self._lines)
        order = sorted(range(len(self._lines)), key=lambda place: (self._lots[place], place))
        return {place: self._lines[place] for place in sorted(order[kept:])}
