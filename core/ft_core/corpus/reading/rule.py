"""The repairs that reading makes: their names, what each does, and which are switched off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ft_core.errors import ConfigError
from ft_core.suggestion import did_you_mean

__all__ = ["NEEDED_RULES", "RULES", "Rules"]

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
        "short-stac-record": "A STAC record that fills fewer heads than stac_min_fields asks for is not learnt from.",
        "swapped-relationship-levels": "Two relationship levels that stand in each other's place change places.",
        "tale-id-from-file-name": "A tale without an id is named after its file.",
        "time-order": "Events are sorted by time_order; those with the same one keep their order in the file.",
        "time-order-from-neighbour": "An event without time_order keeps its place, next to the event before it in the file.",
        "translated-label": "A label in Chinese or Japanese becomes the code book's name.",
        "unknown-label": "A label that no rule knows is never guessed: it is left out.",
    }
)
"""Every repair that reading makes, by name, in one sentence each."""

NEEDED_RULES: Mapping[str, str] = MappingProxyType(
    {
        "blank-name-left-out": "a blank names nobody",
        "event-id-from-place": "every example and every skipped event is told by its id",
        "short-stac-record": "set stac_min_fields to 1 instead",
        "tale-id-from-file-name": "every example is told by its tale's id",
        "time-order-from-neighbour": "events cannot be sorted without a time",
        "unknown-label": "a label outside the closed lists must never be an answer",
    }
)
"""The rules that cannot be switched off, and why."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The repairs that are made; ``off`` names those that are not."""

    off: frozenset[str] = frozenset()

    @classmethod
    def without(cls, names: Iterable[str]) -> Rules:
        """Return all rules but some.

        Raises:
            ConfigError: a name is no rule, or is one that reading needs; all such names are told together.

        >>> Rules.without(["outer-spaces"]).apply("outer-spaces")
        False
        """
        wanted = sorted(set(names))
        problems = [problem for name in wanted if (problem := _find_problem(name))]
        if problems:
            raise ConfigError(problems)
        return cls(frozenset(wanted))

    def apply(self, rule: str) -> bool:
        """Say whether a repair is made."""
        return rule not in self.off


def _find_problem(name: str) -> str:
    if name not in RULES:
        return f"without_rules: {name!r} is no rule.{did_you_mean(name, RULES)} The rules are: {', '.join(RULES)}."
    if name in NEEDED_RULES:
        return f"without_rules: {name!r} cannot be switched off: {NEEDED_RULES[name]}."
    return ""
