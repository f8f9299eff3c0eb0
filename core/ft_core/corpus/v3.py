"""From the JSON object of a version 3 file to a story."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from ft_core.corpus.cast import read_cast
from ft_core.corpus.event import read_event
from ft_core.corpus.language import detect_language
from ft_core.corpus.record import Repair, RepairLog
from ft_core.corpus.unread import keep_unread
from ft_core.story import Event, Story

__all__ = ["read_v3"]

_READ_WHOLE = ("narrative_events", "annotations")
_OBJECTS = {"metadata": ("id", "title", "culture"), "source_info": ("language", "text_content")}
_LISTS = {"characters": ("name", "alias", "archetype")}


def read_v3(document: Mapping[str, Any], source: str) -> tuple[Story, list[Repair]]:
    """Read an annotated tale: characters, events in time order, every label canonical or empty.

    Events without a text stay in the story, so that each event of the file is accounted for.

    Args:
        document: the file's JSON object, its structure checked.
        source: the file, as messages name it.

    Returns:
        The story, and every value that was read otherwise than it stands in the file.
    """
    log = RepairLog(source)
    metadata, origin = document.get("metadata") or {}, document.get("source_info") or {}
    cast = read_cast(log, document.get("characters") or ())
    raw_events = [raw or {} for raw in document["narrative_events"]]
    events = [read_event(log, f"$.narrative_events[{index}]", raw, cast) for index, raw in enumerate(raw_events)]
    _name_events(log, events, raw_events)
    text = origin.get("text_content") or ""
    story = Story(
        id=_read_id(log, metadata, source),
        title=log.strip("$.metadata.title", metadata.get("title")),
        culture=log.strip("$.metadata.culture", metadata.get("culture")),
        language=_read_language(log, origin, text or "\n".join(event.text for event in events)),
        text=text,
        summary=log.strip("$.analysis.paragraph_summaries.whole", _find_summary(document.get("analysis"))),
        source=source,
        characters=cast.characters,
        events=_sort_by_time(log, events, raw_events),
        annotations=dict(document.get("annotations") or {}),
        extra=keep_unread(document, _READ_WHOLE, _OBJECTS, _LISTS),
    )
    return story, log.repairs


def _read_id(log: RepairLog, metadata: Mapping[str, Any], source: str) -> str:
    story_id = log.strip("$.metadata.id", metadata.get("id"))
    if story_id:
        return story_id
    named = PurePosixPath(source).stem.removesuffix("_v3")
    log.add("$.metadata.id", "tale-id-from-file-name", metadata.get("id"), named)
    return named


def _read_language(log: RepairLog, origin: Mapping[str, Any], text: str) -> str:
    declared = log.strip("$.source_info.language", origin.get("language"))
    language = detect_language(text, declared)
    if language != declared:
        log.add("$.source_info.language", "detected-language", declared, language)
    return language


def _find_summary(analysis: Any) -> str:
    summaries = analysis.get("paragraph_summaries") if isinstance(analysis, dict) else None
    whole = summaries.get("whole") if isinstance(summaries, dict) else None
    return whole if isinstance(whole, str) else ""


def _name_events(log: RepairLog, events: list[Event], raw_events: list[Mapping[str, Any]]) -> None:
    # Ids that are there come first, so that a made one never takes the name of a later event.
    taken: set[str] = set()
    for event, raw in zip(events, raw_events, strict=True):
        event_id = log.strip(f"{event.path}.id", raw.get("id"))
        if event_id not in taken:
            event.id = event_id
            taken.add(event_id)
    for index, (event, raw) in enumerate(zip(events, raw_events, strict=True)):
        if not event.id:
            event.id = next(name for extra in range(len(events)) if (name := _place(index, extra)) not in taken)
            taken.add(event.id)
            log.add(f"{event.path}.id", "event-id-from-place", raw.get("id"), event.id)


def _place(index: int, extra: int) -> str:
    return f"event-{index + 1}" + "-again" * extra


def _sort_by_time(log: RepairLog, events: list[Event], raw_events: list[Mapping[str, Any]]) -> list[Event]:
    """Sort by ``time_order``, stably; an event without one has that of the event before it in the file, or else after it."""
    given = [raw.get("time_order") for raw in raw_events]
    current = next((time for time in given if time is not None), 0)
    for event, time in zip(events, given, strict=True):
        if time is None:
            log.add(f"{event.path}.time_order", "time-order-from-neighbour", None, current)
        current = current if time is None else time
        event.time_order = current
    return sorted(events, key=lambda event: event.time_order)
