"""What belongs together among Propp's functions: the phases of a tale, and functions that answer one another.

Vladimir Propp, *Morphology of the Folktale* (1928; 2nd English ed. 1968), end of chapter III: many functions come in pairs,
such as prohibition and violation, struggle and victory, pursuit and rescue; others form groups, such as the complication (A,
B, C, departure) and the donor's three (D, E, F). Lack (a) stands in the place of villainy (A), and both are undone by
liquidation (K).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["PAIRS", "PHASES", "PHASE_OF", "are_paired"]

PHASES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "preparation": (
        "Initial Situation", "ABSENTATION", "INTERDICTION", "VIOLATION", "RECONNAISSANCE", "DELIVERY", "TRICKERY", "COMPLICITY",
    ),
    "complication": ("VILLAINY", "LACK", "MEDIATION", "BEGINNING_COUNTERACTION", "DEPARTURE"),
    "donor": ("FIRST_FUNCTION_DONOR", "HERO_REACTION", "RECEIPT_OF_AGENT"),
    "struggle": ("GUIDANCE", "STRUGGLE", "BRANDING", "VICTORY", "LIQUIDATION"),
    "return": ("RETURN", "PURSUIT", "RESCUE", "UNRECOGNIZED_ARRIVAL"),
    "final": (
        "UNFOUNDED_CLAIMS", "DIFFICULT_TASK", "SOLUTION", "RECOGNITION", "EXPOSURE", "TRANSFIGURATION", "PUNISHMENT", "WEDDING",
    ),
})  # fmt: skip
"""The functions of each phase, in Propp's order. OTHER is in none."""

PHASE_OF: Mapping[str, str] = MappingProxyType({name: phase for phase, names in PHASES.items() for name in names})
"""The phase of each function."""

PAIRS: tuple[tuple[str, ...], ...] = (
    ("INTERDICTION", "VIOLATION"),
    ("RECONNAISSANCE", "DELIVERY"),
    ("TRICKERY", "COMPLICITY"),
    ("VILLAINY", "LACK", "LIQUIDATION"),
    ("FIRST_FUNCTION_DONOR", "HERO_REACTION", "RECEIPT_OF_AGENT"),
    ("STRUGGLE", "VICTORY"),
    ("PURSUIT", "RESCUE"),
    ("DIFFICULT_TASK", "SOLUTION"),
)
"""Functions that answer, or stand for, one another; no function is in two groups."""

_GROUP_OF = {name: number for number, names in enumerate(PAIRS) for name in names}


def are_paired(one: str, other: str) -> bool:
    """Say whether two different functions belong to one pair.

    >>> are_paired("STRUGGLE", "VICTORY"), are_paired("STRUGGLE", "STRUGGLE"), are_paired("OTHER", "WEDDING")
    (True, False, False)
    """
    return one != other and one in _GROUP_OF and _GROUP_OF[one] == _GROUP_OF.get(other)
