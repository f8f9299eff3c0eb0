"""Small annotated tales for tests, as JSON objects of version 3."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ft_core.corpus.reading.structure import list_structure_problems
from ft_core.corpus.reading.v3 import read_v3
from ft_core.story import Story

__all__ = ["SEGMENTS", "make_event", "make_tale", "read_story", "write_tale"]

SEGMENTS = (
    "Once a fox lived by a river.",
    "The crane lent the fox a silver comb.",
    "The fox thanked the crane and went home.",
)


def make_event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return an event with every label set; a change of ``...`` removes the key."""
    text = SEGMENTS[(number - 1) % len(SEGMENTS)]
    event = {
        "id": f"e{number}",
        "text_span": {"start": 0, "end": len(text), "text": text},
        "event_type": "RECEIPT_OF_AGENT",
        "description": "a helper lends a tool;the crane lends a comb",
        "agents": ["Crane"],
        "targets": ["Fox"],
        "target_type": "character",
        "object_type": "",
        "instrument": "silver comb",
        "time_order": number,
        "relationships": [
            {
                "agent": "Crane",
                "target": "Fox",
                "relationship_level1": "Social & Alliance",
                "relationship_level2": "friend",
                "sentiment": "positive",
            }
        ],
        "action_layer": {"category": "transaction", "type": "give", "context": "", "status": "success", "function": "setup"},
    }
    return _change(event, changes)


def make_tale(tale_id: str = "fox", events: int = 3, **changes: Any) -> dict[str, Any]:
    """Return a tale with some events; a change replaces a key of the top level, and ``...`` removes it."""
    tale = {
        "version": "3.0",
        "metadata": {"id": tale_id, "title": "The Fox", "culture": "Indian", "annotator": "A. Reader"},
        "source_info": {"language": "en", "type": "full_text", "reference_uri": "", "text_content": " ".join(SEGMENTS)},
        "characters": [
            {"name": "Fox", "alias": "the red one; Reynard", "archetype": "Hero"},
            {"name": "Crane", "alias": "", "archetype": "Sidekick/Helper"},
        ],
        "narrative_events": [make_event(number + 1) for number in range(events)],
        "themes_and_motifs": {"moral": "Kindness returns."},
        "analysis": {"paragraph_summaries": {"whole": "A crane helps a fox."}},
    }
    return _change(tale, changes)


def read_story(tale: Mapping[str, Any]) -> Story:
    """Read a tale as the reader does, its structure checked."""
    assert list_structure_problems(tale, "tale.json") == []
    return read_v3(tale, "tale.json")[0]


def write_tale(folder: Path, tale: object, name: str = "") -> Path:
    """Write a tale into a folder, by default under its id, and return the file."""
    file = folder / (name or f"{tale['metadata']['id']}.json")  # type: ignore[index]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(tale, ensure_ascii=False), encoding="utf-8")
    return file


def _change(value: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in (value | changes).items() if each is not ...}
