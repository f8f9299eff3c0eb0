"""Functions that answer an earlier one, as the code book pairs them: a ban and its breach, a fight and its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ft_core.corpus.checking.being import is_being
from ft_core.corpus.checking.finding import Remark
from ft_core.corpus.reading.tale import Tale
from ft_core.story import Character, Event, index_characters

__all__ = ["PROPP_PAIRS", "ProppPair", "find_unanswering_events"]


@dataclass(frozen=True, slots=True)
class ProppPair:
    """A function that answers others.

    Attributes:
        rule: the name of the rule.
        answered: the functions of which an earlier event must have one.
        sentence: what is unlikely where none does.
    """

    rule: str
    answered: tuple[str, ...]
    sentence: str


PROPP_PAIRS: Mapping[str, ProppPair] = MappingProxyType(
    {
        "VIOLATION": ProppPair(
            "plausibility-violation",
            ("INTERDICTION",),
            "A ban is broken (VIOLATION) that no earlier event sets (INTERDICTION).",
        ),
        "DELIVERY": ProppPair(
            "plausibility-delivery",
            ("RECONNAISSANCE",),
            "The villain learns something (DELIVERY) that no earlier event seeks to know (RECONNAISSANCE).",
        ),
        "COMPLICITY": ProppPair(
            "plausibility-complicity",
            ("TRICKERY",),
            "Somebody yields to a deceit (COMPLICITY) that no earlier event tries (TRICKERY).",
        ),
        "LIQUIDATION": ProppPair(
            "plausibility-liquidation",
            ("VILLAINY", "LACK"),
            "A trouble is mended (LIQUIDATION) that no earlier event tells of (VILLAINY or LACK).",
        ),
        "HERO_REACTION": ProppPair(
            "plausibility-hero-reaction",
            ("FIRST_FUNCTION_DONOR",),
            "The hero answers a donor (HERO_REACTION) whom no earlier event brings (FIRST_FUNCTION_DONOR).",
        ),
        "RECEIPT_OF_AGENT": ProppPair(
            "plausibility-receipt-of-agent",
            ("FIRST_FUNCTION_DONOR",),
            "Help is gained (RECEIPT_OF_AGENT) without a donor, in an earlier event (FIRST_FUNCTION_DONOR) or in this one.",
        ),
        "VICTORY": ProppPair(
            "plausibility-victory",
            ("STRUGGLE",),
            "The villain loses (VICTORY) without an earlier fight or contest (STRUGGLE).",
        ),
        "RESCUE": ProppPair(
            "plausibility-rescue",
            ("PURSUIT",),
            "Somebody is saved from a pursuit (RESCUE) that no earlier event tells of (PURSUIT).",
        ),
        "SOLUTION": ProppPair(
            "plausibility-solution",
            ("DIFFICULT_TASK",),
            "A task is done (SOLUTION) that no earlier event sets (DIFFICULT_TASK).",
        ),
    }
)
"""The pairs that the code book names, by the answering function (Propp, *Morphology of the Folktale*, 1928, chapter III)."""

_GIVING = ("give", "reward")


def find_unanswering_events(tale: Tale) -> Iterator[Remark]:
    """Yield a remark for every event whose function answers one that no event before it in time has."""
    known = index_characters(tale.story.characters)
    before: set[str] = set()
    for event in tale.story.events:
        pair = PROPP_PAIRS.get(event.event_type)
        if pair and before.isdisjoint(pair.answered) and not _names_donor(event, known):
            yield Remark(f"{event.path}.event_type", pair.rule, pair.sentence.removesuffix("."))
        before.add(event.event_type)


def _names_donor(event: Event, known: Mapping[str, Character]) -> bool:
    """Say whether help is gained from an agent whom the event itself names: who gives, or has somebody else as a target."""
    if event.event_type != "RECEIPT_OF_AGENT" or not event.agents:
        return False
    gives = event.action is not None and event.action.type in _GIVING
    others = set(event.targets) - set(event.agents)
    return gives or (event.target_type == "character" and bool(others)) or any(is_being(name, known) for name in others)
