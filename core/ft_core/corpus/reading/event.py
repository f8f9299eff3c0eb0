"""One narrative event of a version 3 file, its labels made canonical."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ft_core.corpus.reading import labels
from ft_core.corpus.reading.cast import Cast
from ft_core.corpus.reading.labels import LabelList, read_label
from ft_core.corpus.reading.record import RepairLog
from ft_core.story import STAC_HEADS, ActionLabel, Event, Relationship, Stac, TextSpan

__all__ = ["FIELD_KEYS", "find_field", "read_event"]

FIELD_KEYS: Mapping[str, str] = {
    "text_span": "span",
    "agents": "agents",
    "targets": "targets",
    "target_type": "target_type",
    "object_type": "object_type",
    "instrument": "instrument",
    "relationships": "relationships",
    "action_layer": "action",
    "stac": "stac",
    "event_type": "event_type",
    "description": "description",
    "time_order": "time_order",
    "id": "id",
    "annotations": "annotations",
    "relationship_multi": "relationships",
    "relationship_level1": "relationships",
    "relationship_level2": "relationships",
    "sentiment": "relationships",
    "action_category": "action",
    "action_type": "action",
    "action_context": "action",
    "action_status": "action",
    "narrative_function": "action",
}
"""The attribute of :class:`ft_core.story.Event` that each key of the file is read into, older versions' keys included."""

_EVENT_PATH = re.compile(r"\$\.narrative_(?:events|structure)\[\d+\]\.(\w+)")
_COPIED_SHARE = 0.8
"""A segment that was trimmed after it was copied: it makes up this share of the description at least."""


def find_field(path: str) -> str:
    """Return the field of an event that a JSON path is of, ``characters``, or ``""``.

    >>> find_field("$.narrative_events[2].action_layer.type"), find_field("$.characters[0].name"), find_field("$.metadata.id")
    ('action', 'characters', '')
    """
    if "characters[" in path or "character_archetypes[" in path:
        return "characters"
    match = _EVENT_PATH.match(path)
    return FIELD_KEYS.get(match.group(1), "") if match else ""


def read_event(log: RepairLog, path: str, raw: Mapping[str, Any], cast: Cast) -> Event:
    """Read one event; its ``id`` and ``time_order`` are the caller's to settle, for they depend on the other events.

    Args:
        log: takes the repairs.
        path: JSON path of the event.
        raw: the event in the file, its structure checked.
        cast: the tale's characters.
    """
    doers = [name.strip() for name in raw.get("agents") or () if name]
    agents = _read_names(log, f"{path}.agents", raw.get("agents"), cast, doers)
    span = _read_span(raw.get("text_span"))
    description = log.strip(f"{path}.description", raw.get("description"))
    if span and log.applies("copied-description") and _is_copied(description, span.text):
        log.add(f"{path}.description", "copied-description", description, "")
        description = ""
    return Event(
        id="",
        path=path,
        span=span,
        agents=agents,
        targets=_read_names(log, f"{path}.targets", raw.get("targets"), cast, agents),
        target_type=read_label(log, f"{path}.target_type", raw.get("target_type"), labels.TARGET_TYPE),
        object_type=read_label(log, f"{path}.object_type", raw.get("object_type"), labels.OBJECT_TYPE),
        instrument=log.strip(f"{path}.instrument", raw.get("instrument")),
        relationships=_read_relationships(log, f"{path}.relationships", raw.get("relationships") or (), cast, agents),
        action=_read_action(log, f"{path}.action_layer", raw.get("action_layer") or {}),
        stac=_read_stac(log, f"{path}.stac", raw.get("stac") or {}),
        event_type=read_label(log, f"{path}.event_type", raw.get("event_type"), labels.EVENT_TYPE),
        description=description,
        annotations=dict(raw.get("annotations") or {}),
    )


def _read_span(raw: Mapping[str, Any] | None) -> TextSpan | None:
    # Offsets are carried, never used: the text is the truth. -1 says that the file has none.
    if raw is None:
        return None
    start, end = (-1 if raw.get(key) is None else int(raw[key]) for key in ("start", "end"))
    return TextSpan(start, end, raw.get("text") or "")


def _read_names(log: RepairLog, path: str, raw: Sequence[str | None] | None, cast: Cast, agents: Sequence[str]) -> list[str]:
    names: list[str] = []
    for index, written in enumerate(raw or ()):
        place = f"{path}[{index}]"
        name = cast.resolve(log, place, written, agents)
        if not name:
            log.add(place, "blank-name-left-out", written, None)
        elif name in names and log.applies("repeated-name-left-out"):
            log.add(place, "repeated-name-left-out", name, None)
        else:
            names.append(name)
    return names


def _read_relationships(
    log: RepairLog, path: str, raw: Sequence[Mapping[str, Any]], cast: Cast, agents: Sequence[str]
) -> list[Relationship]:
    return [_read_relationship(log, f"{path}[{index}]", each, cast, agents) for index, each in enumerate(raw)]


def _read_relationship(log: RepairLog, path: str, raw: Mapping[str, Any], cast: Cast, agents: Sequence[str]) -> Relationship:
    agent = cast.resolve(log, f"{path}.agent", raw.get("agent"), agents)
    target = cast.resolve(log, f"{path}.target", raw.get("target"), [agent] if agent else agents)
    level1, level2 = _read_levels(log, path, raw)
    sentiment = read_label(log, f"{path}.sentiment", raw.get("sentiment"), labels.SENTIMENT)
    return Relationship(agent, target, level1, level2, sentiment)


def _read_levels(log: RepairLog, path: str, raw: Mapping[str, Any]) -> tuple[str, str]:
    written = [(raw.get(key) or "").strip() for key in ("relationship_level1", "relationship_level2")]
    if not log.applies("swapped-relationship-levels"):
        return _read_each_level(log, path, raw)
    swapped = labels.RELATIONSHIP_LEVEL1.find(written[1]), labels.RELATIONSHIP_LEVEL2.find(written[0])
    if swapped[0] and swapped[1]:
        after = [swapped[0][0], swapped[1][0]]
        log.add(f"{path}.relationship_level1", "swapped-relationship-levels", written, after)
        return after[0], after[1]
    return _read_each_level(log, path, raw)


def _read_each_level(log: RepairLog, path: str, raw: Mapping[str, Any]) -> tuple[str, str]:
    return (
        read_label(log, f"{path}.relationship_level1", raw.get("relationship_level1"), labels.RELATIONSHIP_LEVEL1),
        read_label(log, f"{path}.relationship_level2", raw.get("relationship_level2"), labels.RELATIONSHIP_LEVEL2),
    )


def _read_action(log: RepairLog, path: str, raw: Mapping[str, Any]) -> ActionLabel | None:
    def read(key: str, closed: LabelList) -> str:
        return read_label(log, f"{path}.{key}", raw.get(key), closed)

    action = ActionLabel(
        read("category", labels.ACTION_CATEGORY),
        read("type", labels.ACTION_TYPE),
        log.strip(f"{path}.context", raw.get("context")),
        read("status", labels.ACTION_STATUS),
        read("function", labels.ACTION_FUNCTION),
    )
    return action if action.category or action.type or action.context or action.status or action.function else None


def _read_stac(log: RepairLog, path: str, raw: Mapping[str, Any]) -> Stac | None:
    stac = Stac(**{key: log.strip(f"{path}.{key}", raw.get(key)) for key in STAC_HEADS})
    return None if stac.is_empty else stac


def _is_copied(description: str, segment: str) -> bool:
    """Say whether a description is the segment, how it begins, or little more than it; spaces do not count."""
    said, told = ("".join(text.split()) for text in (description, segment))
    if not said or not told:
        return False
    return told.startswith(said) or (told in said and len(told) >= _COPIED_SHARE * len(said))
