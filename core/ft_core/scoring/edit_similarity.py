"""How alike two sequences of labels are."""

from __future__ import annotations

from collections.abc import Sequence

from ft_core.scoring.library import import_library

__all__ = ["edit_similarity"]


def edit_similarity(predicted: Sequence[str], gold: Sequence[str]) -> float:
    """Return 1 − d / n in 0..1: d is the Levenshtein distance of the sequences, n the length of the longer one.

    d is the least number of labels to insert, delete or replace (V. I. Levenshtein 1966), computed by rapidfuzz as
    ``Levenshtein.normalized_similarity``. So functions that are all there, but one place too late, lose little. Two empty
    sequences are alike.

    Raises:
        MetricLibraryError: rapidfuzz is not installed.

    >>> edit_similarity(["LACK", "DEPARTURE", "RETURN"], ["DEPARTURE", "RETURN", "WEDDING"])
    0.33333333333333337
    """
    return float(import_library("rapidfuzz.distance").Levenshtein.normalized_similarity(predicted, gold))
