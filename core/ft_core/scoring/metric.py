"""A metric by sums of counts, and the score sheet that rows and metrics make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ft_core.scores import Counts, LabelPair, LeftOut, ScoreSheet
from ft_core.scoring.score_row import ScoreRow

__all__ = ["Metric", "make_score_sheet"]


class Metric(Protocol):
    """One figure in 0..1, higher is better: what it is called, its value and the number of its gold cases."""

    @property
    def name(self) -> str:
        """The name under which it is reported; it begins the keys of its counts, so it is unique in its step."""

    def value(self, sums: Counts) -> float | None:
        """Return the figure by summed counts, or None where they hold nothing that it could rest on."""

    def cases(self, sums: Counts) -> int:
        """Return on how many gold cases the figure rests."""


def make_score_sheet(rows: Sequence[ScoreRow], metrics: Sequence[Metric]) -> ScoreSheet:
    """Return the sheet of some rows, one per answer in the order of the answers, with metrics in their order.

    Raises:
        ValueError: two metrics have one name; their counts could not be told apart.
    """
    _check_names([metric.name for metric in metrics])

    def metrics_of(sums: Counts) -> dict[str, float]:
        values = ((metric.name, metric.value(sums)) for metric in metrics)
        return {name: value for name, value in values if value is not None}

    def cases_of(sums: Counts) -> dict[str, int]:
        return {metric.name: metric.cases(sums) for metric in metrics}

    left_out = [LeftOut(number, *each) for number, row in enumerate(rows) for each in row.left_out]
    pairs = [LabelPair(number, *each) for number, row in enumerate(rows) for each in row.pairs]
    return ScoreSheet([row.counts for row in rows], metrics_of, cases_of, left_out, pairs)


def _check_names(names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ValueError(f"the metric {name!r} is given twice")
