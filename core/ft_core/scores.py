"""Scores that add up: counts per answer, and metrics of their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["CasesOf", "Counts", "LabelPair", "LeftOut", "MetricsOf", "ScoreSheet"]

Counts: TypeAlias = Mapping[str, float]
"""Additive counts of one answer or of a set of answers."""

MetricsOf: TypeAlias = Callable[[Counts], dict[str, float]]
"""Turns summed counts into metrics, each in 0..1 where higher is better; one that rests on nothing is left out."""

CasesOf: TypeAlias = Callable[[Counts], dict[str, int]]
"""Turns summed counts into the number of gold cases of every metric, 0 included."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of one answer that was not scored.

    Attributes:
        row: which answer, by its place among the answers.
        path: the JSON path into the gold answer.
        reason: why.
        metrics: the metrics in which it does not count.
    """

    row: int
    path: str
    reason: str
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelPair:
    """One gold label of a closed list and the label predicted for it: a case of a confusion matrix.

    Attributes:
        row: which answer, by its place among the answers.
        field: the label's key.
        gold: the annotated label; never blank.
        predicted: the predicted one, ``""`` where it was left blank, None where there was none, as in an answer that is not
            valid.
    """

    row: int
    field: str
    gold: str
    predicted: str | None


def _count_nothing(sums: Counts) -> dict[str, int]:
    return {}


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """One row of counts per answer, in the order of the answers, and the functions from sums to metrics and to cases.

    Attributes:
        counts: the rows. What takes a whole tale to tell is in one row of that tale, so whole tales are drawn, not answers.
        metrics_of: the metrics of some summed rows.
        cases_of: on how many gold cases each of these metrics rests; its keys are all metrics that the step knows, in order.
        left_out: what was not scored, such as a label that the annotators left blank.
        pairs: gold and predicted labels of the closed lists, for confusion matrices.
    """

    counts: Sequence[Counts]
    metrics_of: MetricsOf
    cases_of: CasesOf = _count_nothing
    left_out: Sequence[LeftOut] = ()
    pairs: Sequence[LabelPair] = ()

    def sums(self, rows: Iterable[int] | None = None) -> Counts:
        """Return the summed counts of some answers (repeats count twice, as a bootstrap needs), or of all.

        A key that no row has reads as 0.
        """
        sums: Counter[str] = Counter()
        for row in range(len(self.counts)) if rows is None else rows:
            sums.update(self.counts[row])
        return sums

    def metrics(self, rows: Iterable[int] | None = None) -> dict[str, float]:
        """Return the metrics over some answers, or over all; a metric that rests on nothing is not among them.

        >>> ScoreSheet([{"n": 1.0}, {"n": 3.0}], lambda sums: {"n": sums["n"]}).metrics([1, 1])
        {'n': 6.0}
        """
        return self.metrics_of(self.sums(rows))

    def cases(self, rows: Iterable[int] | None = None) -> dict[str, int]:
        """Return the number of gold cases of every metric, 0 included; empty where the step does not tell.

        >>> ScoreSheet([{"n": 1.0}, {"n": 3.0}], lambda sums: {}, lambda sums: {"accuracy": int(sums["n"])}).cases()
        {'accuracy': 4}
        """
        return self.cases_of(self.sums(rows))
