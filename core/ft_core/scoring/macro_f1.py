"""Macro-F1 of a closed label."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

from ft_core.scores import Counts
from ft_core.scoring.score_row import ScoreRow
from ft_core.scoring.set_f1 import compute_f1

__all__ = ["MacroF1"]


@dataclass(frozen=True, slots=True)
class MacroF1:
    """The mean, over the labels that gold has, of the F1 of each label, so that a rare label weighs as much as a frequent one.

    The formula is scikit-learn's ``f1_score(gold, predicted, labels=sorted(set(gold)), average="macro")``. Without ``labels``
    scikit-learn also takes a mean over labels that were only predicted, each with F1 0. Here such a prediction costs what
    it should, a miss of the gold label, and no more: otherwise two systems would be averaged over different labels.

    >>> row, metric = ScoreRow(), MacroF1("type_macro_f1")
    >>> for gold, predicted in [("give", "give"), ("give", "flee"), ("flee", "flee"), ("flee", None)]:
    ...     metric.compare(row, gold, predicted)
    >>> round(metric.value(row.counts), 3), metric.cases(row.counts)
    (0.583, 4)
    """

    name: str

    def compare(self, row: ScoreRow, gold: str, predicted: str | None) -> None:
        """Count a case; None stands for an answer that is not valid, and is a miss."""
        row.add(f"{self.name}:gold:{gold}", 1.0)
        if predicted is not None:
            row.add(f"{self.name}:predicted:{predicted}", 1.0)
        if predicted == gold:
            row.add(f"{self.name}:both:{gold}", 1.0)

    def value(self, sums: Counts) -> float | None:
        """Return the mean of the labels' F1, or None where gold has no label."""
        labels = self._count_gold(sums)
        values = [
            compute_f1(sums.get(f"{self.name}:both:{label}", 0.0), gold, sums.get(f"{self.name}:predicted:{label}", 0.0))
            for label, gold in labels.items()
        ]
        return fsum(values) / len(values) if values else None

    def cases(self, sums: Counts) -> int:
        """Return the number of gold labels, not of different ones."""
        return int(sum(self._count_gold(sums).values()))

    def _count_gold(self, sums: Counts) -> dict[str, float]:
        start = f"{self.name}:gold:"
        return {key.removeprefix(start): count for key, count in sums.items() if key.startswith(start) and count}
