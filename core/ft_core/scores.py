"""Scores that add up: counts per answer, and metrics of their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Counts", "MetricsOf", "ScoreSheet"]

Counts: TypeAlias = Mapping[str, float]
"""Additive counts of one answer or of a set of answers."""

MetricsOf: TypeAlias = Callable[[Counts], dict[str, float]]
"""Turns summed counts into metrics."""


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """One row of counts per answer, in the order of the answers, and the function from sums to metrics."""

    counts: Sequence[Counts]
    metrics_of: MetricsOf

    def metrics(self, rows: Iterable[int] | None = None) -> dict[str, float]:
        """Return the metrics over some answers (repeats count twice, as a bootstrap needs), or over all.

        >>> ScoreSheet([{"n": 1.0}, {"n": 3.0}], lambda sums: {"n": sums["n"]}).metrics([1, 1])
        {'n': 6.0}
        """
        sums: Counter[str] = Counter()
        for row in range(len(self.counts)) if rows is None else rows:
            sums.update(self.counts[row])
        return self.metrics_of(sums)
