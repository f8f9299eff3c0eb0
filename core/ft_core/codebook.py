"""The closed label lists of the code book, in its order.

Propp functions after Vladimir Propp, *Morphology of the Folktale* (1928; the codes are those of the English edition of 1968).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "ACTION_FUNCTIONS",
    "ACTION_STATUSES",
    "ACTION_TYPES",
    "ARCHETYPES",
    "OBJECT_TYPES",
    "OTHER",
    "PROPP_FUNCTIONS",
    "RELATIONSHIPS",
    "SENTIMENTS",
    "TARGET_TYPES",
]

ARCHETYPES: tuple[str, ...] = (
    "Hero", "Shadow", "Sidekick/Helper", "Villain", "Lover", "Mentor", "Mother", "Everyman", "Damsel", "Trickster",
    "Guardian", "Herald", "Scapegoat", "Outlaw", "Rebel", "Ruler", "Dispatcher", "Victim", "Other",
)  # fmt: skip

TARGET_TYPES: tuple[str, ...] = ("character", "object")

OBJECT_TYPES: tuple[str, ...] = ("normal_object", "magical_agent", "prize")

RELATIONSHIPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Family & Kinship": ("parent_child", "sibling", "spouse", "extended_family"),
        "Romance": ("lover",),
        "Hierarchy": ("ruler_subject", "master_servant", "mentor_student", "commander_subordinate"),
        "Social & Alliance": ("friend", "ally", "colleague"),
        "Adversarial": ("enemy", "rival"),
        "Neutral": ("stranger",),
    }
)
"""The ties of level 2 under each family of level 1."""

SENTIMENTS: tuple[str, ...] = ("romantic", "positive", "neutral", "negative", "fearful", "hostile")

ACTION_TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "physical": ("attack", "defend", "restrain", "flee", "travel", "interact", "steal"),
    "communicative": (
        "inform", "persuade", "deceive", "challenge", "command", "betray", "reconcile", "slander", "promise",
    ),
    "transaction": ("give", "acquire", "exchange", "reward", "punish", "request", "sacrifice"),
    "mental": ("resolve", "plan", "realize", "hesitate", "observe", "investigate", "plot", "forget"),
    "existential": ("cast", "transform", "die", "revive", "cast_spell", "express_emotion"),
})  # fmt: skip
"""The action types of each category, older codes included."""

ACTION_STATUSES: tuple[str, ...] = ("attempt", "success", "failure", "interrupted", "backfire", "partial")

ACTION_FUNCTIONS: tuple[str, ...] = ("trigger", "climax", "resolution", "character_arc", "setup", "exposition")

PROPP_FUNCTIONS: Mapping[str, str] = MappingProxyType({
    "Initial Situation": "alpha", "ABSENTATION": "beta", "INTERDICTION": "gamma", "VIOLATION": "delta",
    "RECONNAISSANCE": "epsilon", "DELIVERY": "zeta", "TRICKERY": "eta", "COMPLICITY": "theta", "VILLAINY": "A",
    "LACK": "a", "MEDIATION": "B", "BEGINNING_COUNTERACTION": "C", "DEPARTURE": "arrow_up",
    "FIRST_FUNCTION_DONOR": "D", "HERO_REACTION": "E", "RECEIPT_OF_AGENT": "F", "GUIDANCE": "G", "STRUGGLE": "H",
    "BRANDING": "J", "VICTORY": "I", "LIQUIDATION": "K", "RETURN": "arrow_down", "PURSUIT": "Pr", "RESCUE": "Rs",
    "UNRECOGNIZED_ARRIVAL": "o", "UNFOUNDED_CLAIMS": "L", "DIFFICULT_TASK": "M", "SOLUTION": "N", "RECOGNITION": "Q",
    "EXPOSURE": "Ex", "TRANSFIGURATION": "T", "PUNISHMENT": "U", "WEDDING": "W",
})  # fmt: skip
"""The code of each Propp function, by name, in Propp's order. Codes are case-sensitive."""

OTHER = "OTHER"
"""The event type that says: the annotator looked, and no Propp function fits."""
