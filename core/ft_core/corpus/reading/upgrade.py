"""From tales of versions 1 and 2 to the shape of version 3, so that one reader reads all of them.

Version 2 has one relation and one action flat on the event. Version 1 differs at the top level too, and spells relations in
three ways. Keys that version 3 does not know stay where they are. See ``docs/data.md`` for what the older versions cannot say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from ft_core.corpus.reading.place import Places

__all__ = ["EVENTS_KEYS", "upgrade"]

JsonObject: TypeAlias = dict[str, Any]

EVENTS_KEYS: Mapping[int, str] = {1: "narrative_structure", 2: "narrative_events", 3: "narrative_events"}
"""The key of the list of events in each version."""

_ACTION = {
    "category": "action_category",
    "type": "action_type",
    "context": "action_context",
    "status": "action_status",
    "function": "narrative_function",
}
_TIE = ("relationship_level1", "relationship_level2", "sentiment")
_TIE_LISTS = ("relationships", "relationship_multi")
_TOP = {
    "$.metadata.id": "$.id",
    "$.metadata.title": "$.title",
    "$.metadata.culture": "$.culture",
    "$.source_info.language": "$.source_text.language",
    "$.source_info.text_content": "$.source_text.text",
    "$.characters": "$.annotation.motif.character_archetypes",
    "$.analysis": "$.annotation.deep",
}


def upgrade(document: Mapping[str, Any], version: int) -> tuple[JsonObject, Places]:
    """Return a tale in the shape of version 3, and where its values stand in the file.

    Args:
        document: the JSON object of the file, its structure checked.
        version: 1, 2 or 3; a tale of version 3 is returned as it is.
    """
    if version == 3:  # noqa: PLR2004
        return dict(document), Places()
    places = Places(dict(_TOP) if version == 1 else {})
    upgraded = _upgrade_top(document) if version == 1 else dict(document)
    key = EVENTS_KEYS[version]
    events = document[key]
    upgraded["narrative_events"] = [_upgrade_event(event, f"$.{key}[{index}]", places) for index, event in enumerate(events)]
    upgraded["version"] = "3.0"
    return upgraded, places


def _upgrade_top(document: Mapping[str, Any]) -> JsonObject:
    annotation, origin = document.get("annotation") or {}, document.get("source_text") or {}
    motif, deep = (annotation.get(key) or {} for key in ("motif", "deep"))
    moved = {"id", "title", "culture", "source_text", "narrative_structure", "annotation"}
    named = {key: document[key] for key in ("id", "title", "culture") if key in document}
    text = {"text_content": origin["text"]} if "text" in origin else {}
    return {
        **{key: value for key, value in document.items() if key not in moved},
        "metadata": {**(document.get("metadata") or {}), **named},
        "source_info": {**_without(origin, "text"), **text},
        "characters": motif.get("character_archetypes") or [],
        "themes_and_motifs": _without(motif, "character_archetypes"),
        "analysis": dict(deep),
        **{key: value for key, value in annotation.items() if key not in ("motif", "deep")},
    }


def _upgrade_event(event: Mapping[str, Any] | None, path: str, places: Places) -> JsonObject | None:
    if event is None:
        return None
    upgraded = _without(event, *_ACTION.values(), *_TIE, *_TIE_LISTS, "action_layer")
    upgraded["relationships"] = _find_ties(event, path, places)
    upgraded["action_layer"] = dict(_find_action(event, path, places))
    return upgraded


def _find_action(event: Mapping[str, Any], path: str, places: Places) -> Iterator[tuple[str, Any]]:
    """Yield each key of the action: the nested value, or the flat one where that is blank."""
    nested = event.get("action_layer") or {}
    if "action_layer" not in event:
        places.add(f"{path}.action_layer", f"{path}.{_ACTION['category']}")
    yield from ((key, value) for key, value in nested.items() if key not in _ACTION)
    for key, flat in _ACTION.items():
        if (nested.get(key) or "").strip() or flat not in event:
            yield key, nested.get(key)
        else:
            places.add(f"{path}.action_layer.{key}", f"{path}.{flat}")
            yield key, event[flat]


def _find_ties(event: Mapping[str, Any], path: str, places: Places) -> list[JsonObject]:
    for key in _TIE_LISTS:
        if event.get(key):
            places.add(f"{path}.relationships", f"{path}.{key}")
            return [dict(tie) for tie in event[key]]
    if not any((event.get(key) or "").strip() for key in _TIE):
        if _TIE_LISTS[0] not in event:
            places.add(f"{path}.relationships", f"{path}.{_TIE[0]}")
        return []
    # The flat relation does not say whose it is. With one agent and one target there is no choice; else none is made.
    ends = {"agent": _find_only(event, "agents"), "target": _find_only(event, "targets")}
    for end in ends:
        places.add(f"{path}.relationships[0].{end}", f"{path}.{end}s")
    for key in _TIE:
        places.add(f"{path}.relationships[0].{key}", f"{path}.{key}")
    return [{**ends, **{key: event.get(key) for key in _TIE}}]


def _find_only(event: Mapping[str, Any], key: str) -> str:
    names = list(dict.fromkeys(name.strip() for name in event.get(key) or () if name and name.strip()))
    return names[0] if len(names) == 1 else ""


def _without(value: Mapping[str, Any], *keys: str) -> JsonObject:
    return {key: each for key, each in value.items() if key not in keys}
