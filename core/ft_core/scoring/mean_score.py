"""The mean of a score over cases: accuracy, mean chrF, mean similarity."""

from __future__ import annotations

from dataclasses import dataclass

from ft_core.scores import Counts
from ft_core.scoring.chrf import chrf
from ft_core.scoring.score_row import ScoreRow

__all__ = ["Accuracy", "MeanChrf", "MeanScore"]


@dataclass(frozen=True, slots=True)
class MeanScore:
    """The sum of the cases' scores over their number; every case weighs the same."""

    name: str

    def add(self, row: ScoreRow, score: float) -> None:
        """Count one case, with its score in 0..1."""
        row.add(f"{self.name}:cases", 1.0)
        row.add(f"{self.name}:score", score)

    def value(self, sums: Counts) -> float | None:
        """Return the mean, or None where there is no case."""
        cases = sums.get(f"{self.name}:cases", 0.0)
        return sums.get(f"{self.name}:score", 0.0) / cases if cases else None

    def cases(self, sums: Counts) -> int:
        """Return the number of cases."""
        return int(sums.get(f"{self.name}:cases", 0.0))


class Accuracy(MeanScore):
    """The share of cases in which the predicted value is the gold one.

    >>> row = ScoreRow()
    >>> Accuracy("status_accuracy").compare(row, "success", None)
    >>> Accuracy("status_accuracy").compare(row, "success", "success")
    >>> Accuracy("status_accuracy").value(row.counts)
    0.5
    """

    __slots__ = ()

    def compare(self, row: ScoreRow, gold: object, predicted: object) -> None:
        """Count a case: right where both are equal."""
        self.add(row, float(predicted == gold))


class MeanChrf(MeanScore):
    """The mean over texts of :func:`ft_core.scoring.chrf.chrf`, each against its own gold text."""

    __slots__ = ()

    def compare(self, row: ScoreRow, gold: str, predicted: str | None) -> None:
        """Count a case; no predicted text scores 0."""
        self.add(row, chrf(predicted or "", gold))
