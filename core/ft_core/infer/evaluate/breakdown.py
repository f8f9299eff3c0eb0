"""The primary metric by culture and by language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ft_core.infer.evaluate.case import Case
from ft_core.infer.evaluate.system import System
from ft_core.scores import ScoreSheet
from ft_core.story import Story

__all__ = ["break_down"]

_GROUPS: Mapping[str, Callable[[Story], str]] = {
    "by_culture": lambda story: story.culture,
    "by_language": lambda story: story.language,
}


def break_down(cases: Sequence[Case], sheets: Mapping[System, ScoreSheet]) -> dict[str, dict[str, Any]]:
    """Return every system's metrics in each culture and each language, with the tales and cases that there are."""
    return {key: _group(cases, sheets, read) for key, read in _GROUPS.items()}


def _group(cases: Sequence[Case], sheets: Mapping[System, ScoreSheet], read: Callable[[Story], str]) -> dict[str, Any]:
    rows: dict[str, list[int]] = {}
    for number, case in enumerate(cases):
        rows.setdefault(read(case.story), []).append(number)
    return {
        name: {
            "tales": len({cases[number].example.story_id for number in rows[name]}),
            "cases": len(rows[name]),
            "systems": {system: sheet.metrics(rows[name]) for system, sheet in sheets.items()},
        }
        for name in sorted(rows)
    }
