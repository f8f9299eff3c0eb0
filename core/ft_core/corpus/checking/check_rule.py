"""The rules of ``ft-core check`` beyond the repairs that reading makes: their names, and which are switched off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ft_core.corpus.checking.plausibility import PLAUSIBILITY_RULES
from ft_core.corpus.reading.rule import NEEDED_RULES, RULES, Rules
from ft_core.errors import ConfigError
from ft_core.suggestion import did_you_mean

__all__ = ["CHECK_RULES", "ERROR_RULES", "CheckRules"]

CHECK_RULES: Mapping[str, str] = MappingProxyType(
    {
        "blank-action": "An event with a text has no action.",
        "blank-action-category": "An action has no category.",
        "blank-action-type": "An action has no type.",
        "blank-event-type": "An event with a text has no event type. Where no function fits, it is OTHER.",
        "blank-level": "A relation has no level 1, or no level 2.",
        "blank-relation": "A relation has nothing set.",
        "blank-relation-agent": "A relation does not say whose it is.",
        "blank-relation-target": "A relation does not say to whom it is.",
        "blank-sentiment": "A relation has no sentiment.",
        "duplicate-tale": "Two files hold one tale in the same version; only one of them is read.",
        "event-without-text": "An event has labels and no text, so that no step learns from it.",
        "nobody-named": "An event with labels and a text names neither an agent nor a target.",
        "placeholder-event": "An event has neither a text nor labels.",
        "repeated-time-order": "Two events have one time_order; their order in the file decides.",
        "shared-alias": "An alias is that of another character too, or another's name, so that it does not stand for this one.",
        "structure": "A file is no tale, or is not built as its version is.",
        "unannotated-event": "An event has a text and no labels.",
        "unreadable": "A file cannot be opened, or is not JSON that can be used.",
    }
)
"""What is checked in any case, by name, in one sentence each."""

ERROR_RULES: Mapping[str, str] = MappingProxyType(
    {
        "duplicate-tale": "a tale must not count twice",
        "structure": "such a tale is not read",
        "unknown-label": "a label outside the closed lists must never be an answer",
        "unreadable": "such a file is not read",
    }
)
"""The rules whose findings are errors, and why they cannot be switched off; all others are warnings."""


@dataclass(frozen=True, slots=True)
class CheckRules:
    """What is checked: ``reading`` are the repairs that are made, ``off`` the names of all rules that are switched off."""

    reading: Rules = field(default_factory=Rules)
    off: frozenset[str] = frozenset()

    @classmethod
    def without(cls, names: Iterable[str]) -> CheckRules:
        """Return all rules but some, of those of reading, of the check and of plausibility.

        Raises:
            ConfigError: a name is no rule, or is one that cannot be switched off; all such names are told together.

        >>> CheckRules.without(["placeholder-event", "outer-spaces"]).reading.apply("outer-spaces")
        False
        """
        wanted = frozenset(names)
        problems = [problem for name in sorted(wanted) if (problem := _find_problem(name))]
        if problems:
            raise ConfigError(problems)
        return cls(Rules(wanted & RULES.keys()), wanted)


def _find_problem(name: str) -> str:
    known = sorted({*RULES, *CHECK_RULES, *PLAUSIBILITY_RULES})
    if name not in known:
        return f"without_rules: {name!r} is no rule.{did_you_mean(name, known)} The rules are: {', '.join(known)}."
    if name in ERROR_RULES:
        return f"without_rules: {name!r} cannot be switched off: {ERROR_RULES[name]}."
    if name in NEEDED_RULES:
        return f"without_rules: {name!r} cannot be switched off: {NEEDED_RULES[name]}."
    return ""
