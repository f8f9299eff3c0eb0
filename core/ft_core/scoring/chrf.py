"""How alike two texts are, by their characters."""

from __future__ import annotations

from functools import cache
from typing import Any

from ft_core.scoring.library import import_library

__all__ = ["chrf"]


def chrf(predicted: str, gold: str) -> float:
    """Return the chrF of a text against its gold text, in 0..1: the F2 of their common character n-grams.

    n-grams of 1 to 6 characters without white space; precision and recall are averaged over the lengths that both texts
    have, and recall weighs twice as much (beta = 2). It needs no words, so it holds for Chinese and Japanese too. Maja
    Popović, "chrF: character n-gram F-score for automatic MT evaluation" (WMT 2015); computed by sacrebleu as its
    ``sentence_chrf`` with its default settings, divided by 100. An empty prediction scores 0.

    Raises:
        MetricLibraryError: sacrebleu is not installed.

    >>> chrf("the geese take the boy", "the geese take the boy"), chrf("", "the geese take the boy")
    (1.0, 0.0)
    """
    return float(_chrf().sentence_score(predicted, [gold]).score) / 100


@cache
def _chrf() -> Any:
    return import_library("sacrebleu.metrics").CHRF()
