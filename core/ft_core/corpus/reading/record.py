"""What reading a tale changed or refused: nothing is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ft_core.corpus.reading.rule import Rules

__all__ = ["MAX_PROBLEMS", "Refusal", "Repair", "RepairLog", "limit_refusals"]

MAX_PROBLEMS = 20
"""How many problems of one file are told."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One value that was read otherwise than it stands in the file.

    Attributes:
        file: the tale's file, as in ``Story.source``.
        path: JSON path of the value in the file.
        rule: a name of :data:`ft_core.corpus.reading.rule.RULES`.
        before: the JSON value in the file.
        after: what it was read as; None where it was left out of a list.
        note: what may help to mend the file, such as the label that was perhaps meant.
    """

    file: str
    path: str
    rule: str
    before: Any
    after: Any
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the repair as a JSON object."""
        return {
            "file": self.file,
            "path": self.path,
            "rule": self.rule,
            "before": self.before,
            "after": self.after,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is not used: the file, a JSON path into it (``$`` is all of it) and a sentence."""

    file: str
    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.path}: {self.reason}"

    def as_json(self) -> dict[str, Any]:
        """Return the refusal as a JSON object."""
        return asdict(self)


def limit_refusals(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Return the problems of one file sorted by path, the first :data:`MAX_PROBLEMS` and how many more there are."""
    told = sorted(refusals, key=lambda refusal: _path_key(refusal.path))[:MAX_PROBLEMS]
    if len(refusals) > len(told):
        told.append(Refusal(told[0].file, "$", f"and {len(refusals) - len(told)} more problems"))
    return told


def _path_key(path: str) -> list[tuple[int, str]]:
    # Natural order: $.narrative_events[9] before $.narrative_events[10].
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"([0-9]+)", path)]


@dataclass(slots=True)
class RepairLog:
    """Collects the repairs of one file while it is read."""

    file: str
    rules: Rules = field(default_factory=Rules)
    repairs: list[Repair] = field(default_factory=list)

    def applies(self, rule: str) -> bool:
        """Say whether a repair is to be made; where it is not, the value stays as the file has it."""
        return rule not in self.rules.off

    def add(self, path: str, rule: str, before: Any, after: Any, note: str = "") -> None:
        """Record one repair; ``rule`` is a name of :data:`ft_core.corpus.reading.rule.RULES`."""
        self.repairs.append(Repair(self.file, path, rule, before, after, note))

    def strip(self, path: str, value: str | None) -> str:
        """Return a string without the spaces around it (U+3000 and NBSP too), ``""`` for null; removed spaces are recorded."""
        if not value:
            return ""
        stripped = value.strip()
        if stripped == value:
            return value
        if stripped and not self.applies("outer-spaces"):  # blanks alone are no value in any case
            return value
        self.add(path, "outer-spaces", value, stripped)
        return stripped
