"""Canonical labels: any known spelling of a label of the code book to its one name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ft_core import codebook
from ft_core.corpus.reading.label_translation import list_translations
from ft_core.corpus.reading.record import RepairLog
from ft_core.suggestion import did_you_mean

__all__ = [
    "ACTION_CATEGORY", "ACTION_FUNCTION", "ACTION_STATUS", "ACTION_TYPE", "ARCHETYPE", "EVENT_TYPE", "OBJECT_TYPE",
    "RELATIONSHIP_LEVEL1", "RELATIONSHIP_LEVEL2", "SENTIMENT", "TARGET_TYPE", "LabelList", "read_label",
]  # fmt: skip

_BILINGUAL = re.compile(r"(?P<outer>[^()（）]*)[(（](?P<inner>[^()（）]*)[)）]")
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta"}
_ARROWS = {"↑": "arrow_up", "↓": "arrow_down"}


@dataclass(frozen=True)
class LabelList:
    """A closed list of labels and the other spellings that are known for them.

    Attributes:
        title: what the list is of, for messages.
        names: the canonical names.
        codes: other spellings, taken letter for letter (Propp's ``A`` and ``a`` are two functions).
        code_rule: the repair rule that a code stands for.
    """

    title: str
    names: tuple[str, ...]
    codes: Mapping[str, str] = field(default_factory=dict)
    code_rule: str = ""

    def find(self, label: str) -> tuple[str, str] | None:
        """Return the canonical name and the rule that found it (``""`` where the label is canonical), or None."""
        return self._find_plain(label) or self._find_bilingual(label)

    def _find_plain(self, label: str) -> tuple[str, str] | None:
        if label in self.names:
            return label, ""
        if label in self.codes:
            return self.codes[label], self.code_rule
        name = self._by_fold.get(_fold(label))
        if name is not None:
            return name, "label-spelling"
        return (self._by_translation[label], "translated-label") if label in self._by_translation else None

    def _find_bilingual(self, label: str) -> tuple[str, str] | None:
        match = _BILINGUAL.fullmatch(label)
        halves = [half.strip() for half in match.group("outer", "inner")] if match else []
        found = {known[0] for half in halves if (known := self._find_plain(half)) is not None}
        return (found.pop(), "bilingual-label") if len(found) == 1 else None

    @cached_property
    def _by_translation(self) -> dict[str, str]:
        return dict(list_translations(self.title))

    @cached_property
    def _by_fold(self) -> dict[str, str]:
        return {_fold(name): name for name in self.names}


def read_label(log: RepairLog, path: str, value: str | None, labels: LabelList) -> str:
    """Return the canonical name of a label, ``""`` for a blank one or one that no rule knows; changes are recorded.

    >>> log = RepairLog("tale.json")
    >>> read_label(log, "$.event_type", "a", EVENT_TYPE)
    'LACK'
    >>> read_label(log, "$.event_type", "VILAINY", EVENT_TYPE)
    ''
    >>> log.repairs[-1].note
    "'VILAINY' is no event type. Did you mean 'VILLAINY'?"
    """
    label = log.strip(path, value)
    if not label:
        return ""
    found = labels.find(label)
    if found is None or not log.applies(found[1]):
        note = f"{label!r} is no {labels.title}.{did_you_mean(label, labels.names)}"
        log.add(path, "unknown-label", label, "", note)
        return ""
    name, rule = found
    if rule:
        log.add(path, rule, label, name)
    return name


def _fold(label: str) -> str:
    # "Family & Kinship", "FAMILY_AND_KINSHIP" and full-width letters meet in one key.
    plain = unicodedata.normalize("NFKC", label).casefold().replace("&", " and ")
    return "_".join(re.findall(r"[^\W_]+", plain))


def _halves(names: tuple[str, ...]) -> dict[str, str]:
    return {half: name for name in names if "/" in name for half in name.split("/")}


def _propp_codes() -> dict[str, str]:
    by_code = {code: name for name, code in codebook.PROPP_FUNCTIONS.items()}
    symbols = {symbol: by_code[code] for symbol, code in (_GREEK | _ARROWS).items()}
    return by_code | symbols


_NONE = dict.fromkeys(("none", "None", "NONE"), "")

ARCHETYPE = LabelList("archetype", codebook.ARCHETYPES, _halves(codebook.ARCHETYPES), "half-archetype")
TARGET_TYPE = LabelList("target type", codebook.TARGET_TYPES)
OBJECT_TYPE = LabelList("object type", codebook.OBJECT_TYPES, {"price": "prize"}, "object-type-price")
RELATIONSHIP_LEVEL1 = LabelList("relationship level 1", tuple(codebook.RELATIONSHIPS))
RELATIONSHIP_LEVEL2 = LabelList("relationship level 2", tuple(tie for ties in codebook.RELATIONSHIPS.values() for tie in ties))
SENTIMENT = LabelList("sentiment", codebook.SENTIMENTS)
ACTION_CATEGORY = LabelList("action category", tuple(codebook.ACTION_TYPES))
ACTION_TYPE = LabelList("action type", tuple(kind for kinds in codebook.ACTION_TYPES.values() for kind in kinds))
ACTION_STATUS = LabelList("action status", codebook.ACTION_STATUSES)
ACTION_FUNCTION = LabelList("action function", codebook.ACTION_FUNCTIONS, _NONE, "explicit-none")
EVENT_TYPE = LabelList("event type", (*codebook.PROPP_FUNCTIONS, codebook.OTHER), _propp_codes(), "propp-code")
