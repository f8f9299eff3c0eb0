"""Drawing families by lot, so that each culture gives its share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ft_core.corpus.lot import draw_lot
from ft_core.corpus.splitting.family import Family

__all__ = ["draw_families", "group_by_culture"]

_LOTS = 2**64


def draw_families(families: Sequence[Family], size: int, kept: int, seed: int, purpose: str) -> list[Family]:
    """Draw families with so many tales together, as near as whole families allow, and one at least.

    Each culture gives its share of ``size``, rounded up or down. Which cultures round up, the seed draws: the chance is
    the fraction that the share has, so that a small culture has its turn under some seeds. What a culture cannot give
    because its families are too large, families of any culture give that fit. The smallest one that does not fit is
    added where that brings the size nearer, or where nothing else could be drawn.

    Args:
        families: which are drawn from.
        size: how many tales are wanted.
        kept: how many families are left over at least.
        seed: of the draw.
        purpose: what the families are drawn for; another purpose rounds otherwise.
    """
    size = min(size, _count_tales(families) - kept)
    spare = len(families) - kept
    if size <= 0 or spare <= 0:
        return []
    by_culture = group_by_culture(families, seed)
    quotas = _share_out(size, {culture: _count_tales(drawn) for culture, drawn in by_culture.items()}, seed, purpose)
    taken: list[Family] = []
    for culture, drawn in by_culture.items():
        taken += _take_fitting(drawn, quotas[culture], spare - len(taken))
    if (missing := size - _count_tales(taken)) and len(taken) < spare:
        taken += _fill(_sort_by_lot(_leave_out(families, taken), seed), missing, spare - len(taken), needed=not taken)
    return taken


def group_by_culture(families: Iterable[Family], seed: int) -> dict[str, list[Family]]:
    """Return the families of each culture in the order in which the seed draws them; cultures sorted."""
    by_culture: dict[str, list[Family]] = defaultdict(list)
    for family in _sort_by_lot(families, seed):
        by_culture[family.culture].append(family)
    return {culture: by_culture[culture] for culture in sorted(by_culture)}


def _sort_by_lot(families: Iterable[Family], seed: int) -> list[Family]:
    return sorted(families, key=lambda family: (draw_lot(seed, family.family_id), family.family_id))


def _share_out(size: int, tales: Mapping[str, int], seed: int, purpose: str) -> dict[str, int]:
    # Systematic sampling: the shares lie end to end on a line, and a comb with one tooth a tale, shifted by a lot, falls
    # on it. A culture gets as many tales as teeth fall on its stretch. In whole numbers, for every machine counts alike.
    total = sum(tales.values())
    shift = draw_lot(seed, purpose) * total
    quotas, before, teeth = {}, 0, 0
    for culture in sorted(tales, key=lambda each: (draw_lot(seed, purpose, each), each)):
        before += tales[culture]
        reached = (size * before * _LOTS + shift) // (total * _LOTS)
        quotas[culture], teeth = reached - teeth, reached
    return quotas


def _take_fitting(drawn: Iterable[Family], size: int, most: int) -> list[Family]:
    taken: list[Family] = []
    for family in drawn:
        if family.size <= size and len(taken) < most:
            taken.append(family)
            size -= family.size
    return taken


def _fill(left: Sequence[Family], missing: int, most: int, needed: bool) -> list[Family]:
    taken = _take_fitting(left, missing, most)
    missing -= _count_tales(taken)
    too_large = [family for family in left if family.size > missing] if missing and len(taken) < most else []
    for family in sorted(too_large, key=lambda each: each.size)[:1]:
        if family.size - missing < missing or (needed and not taken):
            taken.append(family)
    return taken


def _leave_out(families: Iterable[Family], taken: Iterable[Family]) -> list[Family]:
    ids = {family.family_id for family in taken}
    return [family for family in families if family.family_id not in ids]


def _count_tales(families: Iterable[Family]) -> int:
    return sum(family.size for family in families)
