"""The tales of ``tests.tales`` as the older versions spell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.tales import make_tale

__all__ = ["make_tale_v1", "make_tale_v2", "spell_flat"]

_FLAT = {
    "category": "action_category",
    "type": "action_type",
    "context": "action_context",
    "status": "action_status",
    "function": "narrative_function",
}
_TIE = ("relationship_level1", "relationship_level2", "sentiment")


def spell_flat(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event of version 3 with its action and its first relation flat on it."""
    flat = {key: value for key, value in event.items() if key not in ("relationships", "action_layer")}
    tie = (event["relationships"] or [dict.fromkeys(_TIE, "")])[0]
    return flat | {key: tie[key] for key in _TIE} | {_FLAT[key]: value for key, value in event["action_layer"].items()}


def make_tale_v2(tale_id: str = "fox", events: int = 3, **changes: Any) -> dict[str, Any]:
    """Return a tale of version 2; a change replaces a key of the top level, and ``...`` removes it."""
    tale = make_tale(tale_id, events)
    tale |= {"version": "2.0", "narrative_events": [spell_flat(event) for event in tale["narrative_events"]]}
    return {key: value for key, value in (tale | changes).items() if value is not ...}


def make_tale_v1(tale_id: str = "fox", events: int = 3, **changes: Any) -> dict[str, Any]:
    """Return a tale of version 1; a change replaces a key of the top level, and ``...`` removes it."""
    newer = make_tale_v2(tale_id, events)
    origin = newer["source_info"]
    tale = {
        "id": tale_id,
        "culture": newer["metadata"]["culture"],
        "title": newer["metadata"]["title"],
        "source_text": {"text": origin["text_content"], "language": origin["language"], "type": origin["type"]},
        "metadata": {"annotator": newer["metadata"]["annotator"]},
        "annotation": {
            "motif": {"character_archetypes": newer["characters"], **newer["themes_and_motifs"]},
            "deep": newer["analysis"],
        },
        "narrative_structure": newer["narrative_events"],
        "qa": {"confidence": 0.5},
    }
    return {key: value for key, value in (tale | changes).items() if value is not ...}
