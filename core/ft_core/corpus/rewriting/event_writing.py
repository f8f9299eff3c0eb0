"""The events of a story written back into ``narrative_events`` of a version 3 file."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, TypeAlias

from ft_core.story import ActionLabel, Event, Relationship, Stac, TextSpan

__all__ = ["write_events"]

JsonObject: TypeAlias = dict[str, Any]

_SAME_KEYS = (
    "time_order", "event_type", "description", "agents", "targets", "target_type", "object_type", "instrument", "annotations",
)  # fmt: skip


def write_events(document: JsonObject, before: Sequence[Event], after: Sequence[Event]) -> None:
    """Change the values that are read as others than the events have, take out events that are gone, and add new ones.

    Args:
        document: the tale, which is changed.
        before: the events as they are read from it; their paths lead to them.
        after: the events that it is to have.
    """
    entries: list[JsonObject | None] = document["narrative_events"]
    was, now = ({event.id: event for event in events} for events in (before, after))
    if not was.keys() <= now.keys():
        _settle(entries, before)
    places = {_find_index(event): event for event in before}
    document["narrative_events"] = [
        _change(entry, places[index], now[places[index].id]) for index, entry in enumerate(entries) if places[index].id in now
    ] + [_make(event) for event in after if event.id not in was]


def _find_index(event: Event) -> int:
    return int(event.path.rpartition("[")[2].removesuffix("]"))


def _settle(entries: list[JsonObject | None], events: Sequence[Event]) -> None:
    """Write ids and times that reading makes from the place in the file, for places are about to change."""
    for event in events:
        index = _find_index(event)
        entry = entries[index]
        if entry is None:
            entries[index] = _make(Event(event.id, time_order=event.time_order))
            continue
        if (entry.get("id") or "").strip() != event.id:
            entry["id"] = event.id
        if entry.get("time_order") is None:
            entry["time_order"] = event.time_order


def _change(entry: JsonObject | None, before: Event, after: Event) -> JsonObject | None:
    if replace(after, path=before.path) == before:
        return entry
    if entry is None:
        return _make(after)
    changed = dict(entry)
    for key in _SAME_KEYS:
        value = getattr(after, key)
        if value != getattr(before, key):
            changed[key] = copy.deepcopy(value)
    if after.span is None and before.span is not None:
        changed["text_span"] = None
    else:
        _put(changed, "text_span", _show_span(before.span), _show_span(after.span))
    _put(changed, "action_layer", asdict(before.action or ActionLabel()), asdict(after.action or ActionLabel()))
    _put(changed, "stac", asdict(before.stac or Stac()), asdict(after.stac or Stac()))
    if after.relationships != before.relationships:
        changed["relationships"] = _change_ties(changed.get("relationships") or (), before.relationships, after.relationships)
    return changed


def _make(event: Event) -> JsonObject | None:
    blank: JsonObject = {
        "id": event.id,
        "text_span": None,
        "event_type": "",
        "description": "",
        "agents": [],
        "targets": [],
        "target_type": "",
        "object_type": "",
        "instrument": "",
        "time_order": 0,
        "relationships": [],
        "action_layer": asdict(ActionLabel()),
    }
    return _change(blank, Event(event.id), event)


def _put(owner: JsonObject, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    if before != after:
        owner[key] = _merge(owner.get(key), before, after)


def _merge(entry: Mapping[str, Any] | None, before: Mapping[str, Any], after: Mapping[str, Any]) -> JsonObject:
    """Return an object of the file with the parts that differ; where there is none, one with all parts."""
    return {**(entry or before), **{part: value for part, value in after.items() if value != before[part]}}


def _change_ties(
    entries: Sequence[JsonObject], before: Sequence[Relationship], after: Sequence[Relationship]
) -> list[JsonObject]:
    return [
        _show_tie(tie) if index is None else _merge(entries[index], _show_tie(before[index]), _show_tie(tie))
        for index, tie in zip(_match(before, after), after, strict=True)
    ]


def _match(before: Sequence[Relationship], after: Sequence[Relationship]) -> list[int | None]:
    """Return for each tie that is due the place of an equal one, else its own place where no equal one is due, else None."""
    free = list(range(len(before)))
    found: list[int | None] = []
    for tie in after:
        index = next((place for place in free if before[place] == tie), None)
        if index is not None:
            free.remove(index)
        found.append(index)
    return [place if index is None and place in free else index for place, index in enumerate(found)]


def _show_span(span: TextSpan | None) -> JsonObject:
    start, end, text = (span.start, span.end, span.text) if span else (-1, -1, "")
    return {"start": start if start >= 0 else None, "end": end if end >= 0 else None, "text": text}


def _show_tie(tie: Relationship) -> JsonObject:
    return {
        "agent": tie.agent,
        "target": tie.target,
        "relationship_level1": tie.level1,
        "relationship_level2": tie.level2,
        "sentiment": tie.sentiment,
    }
