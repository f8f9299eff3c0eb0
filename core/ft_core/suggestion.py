"""Did-you-mean: the nearest known word to a word that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["did_you_mean"]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` Did you mean 'stac'?`` (with its leading space), or ``""`` where nothing is near.

    >>> did_you_mean("stak", ["action", "stac"])
    " Did you mean 'stac'?"
    >>> did_you_mean("moral", ["action", "stac"])
    ''
    """
    by_folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    near = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return f" Did you mean '{by_folded[near[0]]}'?" if near else ""
