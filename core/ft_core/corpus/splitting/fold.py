"""Folds for cross-validation: every tale is in the test once."""

from __future__ import annotations

from collections.abc import Sequence

from ft_core.corpus.splitting.draw import group_by_culture
from ft_core.corpus.splitting.family import Family
from ft_core.errors import DataError

__all__ = ["deal_folds"]


def deal_folds(families: Sequence[Family], folds: int, seed: int) -> list[list[Family]]:
    """Deal families out to folds, like cards: each to the fold with the fewest tales of its culture, then of all.

    Large families are dealt first, so that single tales can even them out. Where all are single, folds differ by one
    tale at most, in each culture and in all.

    Raises:
        DataError: there are fewer families than folds.
    """
    if len(families) < folds:
        remedy = f"ask for {len(families)} folds at most" if len(families) > 1 else "there must be two tales that differ"
        raise DataError(f"{folds} folds cannot be made of {_count(families)}; {remedy}.")
    dealt: list[list[Family]] = [[] for _ in range(folds)]
    tales = [0] * folds
    for drawn in group_by_culture(families, seed).values():
        of_culture = [0] * folds
        for family in sorted(drawn, key=lambda each: -each.size):
            fold = min(range(folds), key=lambda each: (of_culture[each], tales[each], each))
            dealt[fold].append(family)
            of_culture[fold] += family.size
            tales[fold] += family.size
    return dealt


def _count(families: Sequence[Family]) -> str:
    tales = sum(family.size for family in families)
    told = f"{tales} tale{'s' * (tales != 1)}"
    return told if tales == len(families) else f"{told}, of which only {len(families)} differ"
