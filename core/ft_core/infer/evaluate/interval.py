"""Intervals by bootstrap over tales: the percentile method of Efron and Tibshirani.

Events of one tale are alike, so tales are drawn, not events: B. Efron and R. J. Tibshirani, "An Introduction to the
Bootstrap" (1993), chapter 13. Every system is measured on the same resamples, so that their differences are paired.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ft_core.infer.evaluate.tale_sum import Matrix

__all__ = ["LEVEL", "RESAMPLES", "Interval", "draw_weights", "find_interval", "subtract"]

RESAMPLES = 1000
LEVEL = 0.95
_FEWEST_DEFINED = 0.5


@dataclass(frozen=True, slots=True)
class Interval:
    """A bootstrap interval; None and None where it cannot be told."""

    low: float | None
    high: float | None

    def as_json(self) -> dict[str, Any]:
        """Return it as results.json has it."""
        return {"low": self.low, "high": self.high}


def draw_weights(tales: int, seed: int, resamples: int = RESAMPLES) -> Matrix:
    """Draw as many tales as there are, with replacement, again and again.

    Returns:
        How often each tale was drawn, of shape (resamples, tales).
    """
    import numpy as np

    chances = np.full(tales, 1 / tales)
    return np.random.default_rng(seed).multinomial(tales, chances, size=resamples).astype(float)


def find_interval(name: str, resampled: Sequence[Mapping[str, float]], tales: int) -> Interval:
    """Return the interval of a metric.

    Args:
        name: the metric's.
        resampled: the metrics of each resample; where one rests on nothing it is missing, and that resample does not count.
        tales: how many tales were drawn from: with one there is nothing to tell.
    """
    import numpy as np

    values = [metrics[name] for metrics in resampled if name in metrics]
    if tales < 2 or len(values) < _FEWEST_DEFINED * len(resampled):  # noqa: PLR2004
        return Interval(None, None)
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(values, [tail, 100 - tail]).tolist()
    return Interval(low, high)


def subtract(first: Sequence[Mapping[str, float]], second: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Return the differences of two systems' metrics in each resample, of the metrics that both have there."""
    return [{name: one[name] - other[name] for name in one if name in other} for one, other in zip(first, second, strict=True)]
