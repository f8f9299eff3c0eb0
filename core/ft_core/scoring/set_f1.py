"""F1 of sets of items, such as names or ties, over all answers together."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass

from ft_core.scores import Counts
from ft_core.scoring.score_row import ScoreRow

__all__ = ["SetF1", "compute_f1"]


def compute_f1(both: float, gold: float, predicted: float) -> float:
    """Return the harmonic mean of precision ``both / predicted`` and recall ``both / gold``, which is 2·both/(gold+predicted).

    C. J. van Rijsbergen, *Information Retrieval*, 2nd ed. (1979), chapter 7, with equal weights.

    Raises:
        ZeroDivisionError: there are no items at all; F1 is not defined then.

    >>> compute_f1(both=1, gold=2, predicted=2)
    0.5
    """
    return 2 * both / (gold + predicted)


@dataclass(frozen=True, slots=True)
class SetF1:
    """Micro-averaged F1: items of all answers are counted together, so an answer with more items weighs more.

    An item that is in both sets is right, one that is only in the gold set is missed, one that is only in the predicted set
    is wrong. Two empty sets agree and count nothing.

    >>> row, doers = ScoreRow(), SetF1("doers_f1")
    >>> doers.compare(row, {"fox", "crane"}, {"fox", "river"})
    >>> doers.value(row.counts), doers.cases(row.counts)
    (0.5, 2)
    """

    name: str

    def compare(self, row: ScoreRow, gold: Collection[Hashable], predicted: Collection[Hashable]) -> None:
        """Count the items of one answer; what comes twice counts once."""
        truth, given = set(gold), set(predicted)
        self.add(row, both=len(truth & given), gold=len(truth), predicted=len(given))

    def add(self, row: ScoreRow, *, both: float, gold: int, predicted: int) -> None:
        """Count items: how many gold has and the answer has, and how many both have, where an item may count in part."""
        row.add(f"{self.name}:both", both)
        row.add(f"{self.name}:gold", gold)
        row.add(f"{self.name}:predicted", predicted)

    def value(self, sums: Counts) -> float | None:
        """Return F1: 0 where items are only in gold or only predicted, and None where there is none at all."""
        both, gold, predicted = (sums.get(f"{self.name}:{part}", 0.0) for part in ("both", "gold", "predicted"))
        return compute_f1(both, gold, predicted) if gold + predicted else None

    def cases(self, sums: Counts) -> int:
        """Return the number of gold items."""
        return int(sums.get(f"{self.name}:gold", 0.0))
