"""Is one system better than another? A paired permutation test over tales.

If the two were alike, their answers to any tale could change places. E. W. Noreen, "Computer Intensive Methods for Testing
Hypotheses" (1989), approximate randomization; Efron and Tibshirani (1993), chapter 15. Where tales are few every exchange is
looked at, otherwise the p value is (1 + extreme) / (1 + drawn), after B. Phipson and G. K. Smyth (2010), which is never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ft_core.infer.evaluate.tale_sum import TaleSums

if TYPE_CHECKING:
    from ft_core.infer.evaluate.tale_sum import Matrix

__all__ = ["find_p_values"]

_TINY = 1e-12


def find_p_values(first: TaleSums, second: TaleSums, seed: int, exchanges: int = 1000) -> dict[str, float]:
    """Return the two-sided p value of the difference in each metric that both systems have.

    Args:
        first: the counts of one system.
        second: those of the other one for the same tales, with the same keys.
        seed: draws the exchanges where there are more than can be looked at.
        exchanges: how many are looked at, at most.
    """
    swaps, is_exact = _list_swaps(len(first.tales), seed, exchanges)
    observed = _differ(first, second, first.matrix.sum(axis=0), second.matrix.sum(axis=0))
    change = second.matrix - first.matrix
    sums = zip(first.matrix.sum(axis=0) + swaps @ change, second.matrix.sum(axis=0) - swaps @ change, strict=True)
    drawn = [_differ(first, second, one, other) for one, other in sums]
    return {
        name: _tell(abs(value), [each[name] for each in drawn if name in each], is_exact) for name, value in observed.items()
    }


def _tell(observed: float, drawn: Sequence[float], is_exact: bool) -> float:
    added = 0 if is_exact and drawn else 1
    return (sum(abs(each) >= observed - _TINY for each in drawn) + added) / (len(drawn) + added)


def _list_swaps(tales: int, seed: int, exchanges: int) -> tuple[Matrix, bool]:
    """Return which tales change places in each exchange, of shape (exchanges, tales), and whether these are all there are."""
    import numpy as np

    if 2**tales <= exchanges:
        return (np.arange(2**tales)[:, None] >> np.arange(tales) & 1).astype(float), True
    return np.random.default_rng(seed).integers(0, 2, size=(exchanges, tales)).astype(float), False


def _differ(first: TaleSums, second: TaleSums, one: Matrix, other: Matrix) -> dict[str, float]:
    mine, theirs = first.measure(one), second.measure(other)
    return {name: mine[name] - theirs[name] for name in mine if name in theirs}
