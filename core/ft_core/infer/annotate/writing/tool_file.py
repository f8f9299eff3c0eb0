"""A tale as the annotation tool keeps it: exactly the keys that it knows, for it deletes all others when it saves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

__all__ = ["keep_known"]

JsonObject: TypeAlias = dict[str, Any]

_TIE = {"agent": "", "target": "", "relationship_level1": "", "relationship_level2": "", "sentiment": ""}
_EVENT: JsonObject = {
    "id": "",
    "text_span": None,
    "event_type": "",
    "description": "",
    "agents": [],
    "targets": [],
    "target_type": "",
    "object_type": "",
    "instrument": "",
    "time_order": None,
    "relationships": [],
    "action_layer": {},
}
_TALE = {
    "version": "3.0",
    "metadata": {},
    "source_info": {},
    "characters": [],
    "narrative_events": [],
    "themes_and_motifs": {},
    "analysis": {},
}
_METADATA = {"id": "", "title": "", "culture": "", "annotator": "", "date_annotated": "", "confidence": None}
_SOURCE = {"language": "", "type": "", "reference_uri": "", "text_content": ""}
_CHARACTER = {"name": "", "alias": "", "archetype": ""}
_SPAN = {"start": None, "end": None, "text": ""}
_ACTION = {"category": "", "type": "", "context": "", "status": "", "function": ""}


def keep_known(document: Mapping[str, Any]) -> tuple[JsonObject, JsonObject]:
    """Return a tale of version 3 with the tool's keys only, all of them, and what it had besides, by JSON path.

    >>> kept, other = keep_known({"metadata": {"id": "fox", "shelf": 3}, "narrative_events": [], "note": "x"})
    >>> sorted(kept)[:3], other
    (['analysis', 'characters', 'metadata'], {'$.note': 'x', '$.metadata.shelf': 3})
    """
    left: JsonObject = {}
    tale = _keep(document, _TALE, "$", left)
    tale["metadata"] = _keep(tale["metadata"], _METADATA, "$.metadata", left)
    tale["source_info"] = _keep(tale["source_info"], _SOURCE, "$.source_info", left)
    tale["characters"] = _keep_each(tale["characters"], _CHARACTER, "$.characters", left)
    events = _keep_each(tale["narrative_events"], _EVENT, "$.narrative_events", left)
    tale["narrative_events"] = [_keep_event(event, f"$.narrative_events[{i}]", left) for i, event in enumerate(events)]
    return tale, left


def _keep_event(event: JsonObject | None, path: str, left: JsonObject) -> JsonObject | None:
    if event is None:
        return None
    if event["text_span"] is not None:
        event["text_span"] = _keep(event["text_span"], _SPAN, f"{path}.text_span", left)
    event["action_layer"] = _keep(event["action_layer"], _ACTION, f"{path}.action_layer", left)
    event["relationships"] = _keep_each(event["relationships"], _TIE, f"{path}.relationships", left)
    return event


def _keep_each(values: list[Any] | None, known: Mapping[str, Any], path: str, left: JsonObject) -> list[Any]:
    return [each if each is None else _keep(each, known, f"{path}[{i}]", left) for i, each in enumerate(values or ())]


def _keep(value: Mapping[str, Any] | None, known: Mapping[str, Any], path: str, left: JsonObject) -> JsonObject:
    found = value or {}
    left |= {f"{path}.{key}": each for key, each in found.items() if key not in known}
    return {key: found.get(key, _copy(default)) for key, default in known.items()}


def _copy(default: Any) -> Any:
    return type(default)(default) if isinstance(default, list | dict) else default
