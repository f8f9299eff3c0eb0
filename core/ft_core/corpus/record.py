"""What reading a tale changed or refused: nothing is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

__all__ = ["MAX_PROBLEMS", "RULES", "Refusal", "Repair", "RepairLog", "limit_refusals"]

MAX_PROBLEMS = 20
"""How many problems of one file are told."""

RULES: Mapping[str, str] = MappingProxyType(
    {
        "alias-repeats-name": "An alias that is the character's own listed name is left out.",
        "alias-to-listed-name": "A name that is an alias of exactly one character becomes that character's listed name.",
        "bilingual-label": "A label in two languages, such as 对抗与敌对(Adversarial), becomes the code book's name.",
        "blank-name-left-out": "A blank name among characters, agents or targets is left out.",
        "copied-description": "A description that copies the segment, or how it begins, is no description and becomes empty.",
        "detected-language": "A missing language, or one that the script of the text contradicts, is read off the text.",
        "duplicate-character-merged": "Characters listed twice under one name become one, with the aliases of both.",
        "event-id-from-place": "An event without an id, or with one that is taken, is named after its place in the file.",
        "explicit-none": "A label spelled out as none becomes empty.",
        "half-archetype": "One half of a double archetype, such as Helper, becomes Sidekick/Helper.",
        "label-spelling": "A label in other letter case, spacing or punctuation becomes the code book's name.",
        "object-type-price": "The object type price of older files becomes prize.",
        "outer-spaces": "Spaces around a name, a label or a text of the annotator are removed.",
        "propp-code": "A Propp code, its Greek letter or its arrow becomes the function's name; A and a are two functions.",
        "repeated-name-left-out": "A name that stands twice among an event's agents or targets is kept once.",
        "self-character": "The pseudo-character self becomes the character that its alias names, or else the event's agent.",
        "swapped-relationship-levels": "Two relationship levels that stand in each other's place change places.",
        "tale-id-from-file-name": "A tale without an id is named after its file.",
        "time-order-from-neighbour": "An event without time_order keeps its place, next to the event before it in the file.",
        "unknown-label": "A label that no rule knows is never guessed: it is left out.",
    }
)
"""Every repair that reading makes, by name, in one sentence each."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One value that was read otherwise than it stands in the file.

    Attributes:
        file: the tale's file, as in ``Story.source``.
        path: JSON path of the value in the file.
        rule: a name of :data:`RULES`.
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
        return asdict(self)


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
    repairs: list[Repair] = field(default_factory=list)

    def add(self, path: str, rule: str, before: Any, after: Any, note: str = "") -> None:
        """Record one repair; ``rule`` is a name of :data:`RULES`."""
        self.repairs.append(Repair(self.file, path, rule, before, after, note))

    def strip(self, path: str, value: str | None) -> str:
        """Return a string without the spaces around it (U+3000 and NBSP too), ``""`` for null; removed spaces are recorded."""
        stripped = (value or "").strip()
        if value and stripped != value:
            self.add(path, "outer-spaces", value, stripped)
        return stripped
