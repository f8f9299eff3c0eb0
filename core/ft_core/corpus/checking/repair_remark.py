"""What is said of a repair to those who can mend the file."""

from __future__ import annotations

from typing import Any

from ft_core.corpus.checking.finding import Remark, shorten
from ft_core.corpus.reading.record import Repair
from ft_core.corpus.reading.rule import RULES

__all__ = ["word_repair"]


def word_repair(repair: Repair) -> Remark:
    """Return the remark on a repair: what the rule does, the value in the file and what it is read as."""
    path = repair.path
    if repair.rule == "time-order":
        path = f"{path}[{_find_first_moved(repair.before, repair.after)}]"
        message = "this event does not stand where its time_order puts it; events are sorted by time_order"
    else:
        after = "left out" if repair.after is None else shorten(repair.after)
        message = repair.note or f"{RULES[repair.rule].removesuffix('.')}: {shorten(repair.before)} → {after}"
    return Remark(path, repair.rule, message, repair.before, repair.after)


def _find_first_moved(before: list[Any], after: list[Any]) -> int:
    return next(index for index, (first, second) in enumerate(zip(before, after, strict=True)) if first != second)
