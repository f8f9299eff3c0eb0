"""From the JSON object of a version 3 file to a story."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ft_core.corpus.reading.cast import read_cast
from ft_core.corpus.reading.event import read_event
from ft_core.corpus.reading.language import detect_language
from ft_core.corpus.reading.record import Repair, RepairLog
from ft_core.corpus.reading.rule import Rules
from ft_core.story import Event, Story

__all__ = ["TaleHead", "find_text", "read_head", "read_v3"]

_ALL_RULES = Rules()

_VERSION_IN_NAME = re.compile(r"_v[123]$")


def read_v3(
    document: Mapping[str, Any], source: str, rules: Rules = _ALL_RULES, events_path: str = "$.narrative_events"
) -> tuple[Story, list[Repair]]:
    """Read an annotated tale: characters, events in time order, every label canonical or empty.

    Events without a text stay in the story, so that each event of the file is accounted for.

    Args:
        document: the file's JSON object, its structure checked; the story keeps it.
        source: the file, as messages name it.
        rules: the repairs that are made.
        events_path: JSON path of the list of events in the file.

    Returns:
        The story, and every value that was read otherwise than it stands in the file.
    """
    log = RepairLog(source, rules)
    metadata, origin = document.get("metadata") or {}, document.get("source_info") or {}
    cast = read_cast(log, document.get("characters") or ())
    raw_events = [raw or {} for raw in document["narrative_events"]]
    events = [read_event(log, f"{events_path}[{index}]", raw, cast) for index, raw in enumerate(raw_events)]
    _name_events(log, events, raw_events)
    story = Story(
        id=_read_id(log, metadata, source),
        title=log.strip("$.metadata.title", metadata.get("title")),
        culture=log.strip("$.metadata.culture", metadata.get("culture")),
        language=_read_language(log, origin, find_text(document)),
        text=origin.get("text_content") or "",
        summary=log.strip("$.analysis.paragraph_summaries.whole", _find_summary(document.get("analysis"))),
        source=source,
        characters=cast.characters,
        events=_sort_by_time(log, events_path, events, raw_events),
        annotations=dict(document.get("annotations") or {}),
        document=document,
    )
    return story, log.repairs


@dataclass(frozen=True, slots=True)
class TaleHead:
    """What decides how a tale is split, read without its events' labels.

    Attributes:
        story_id, culture, language: as :func:`read_v3` reads them.
        text: the text of the tale, or of its segments.
        events: how many events it has.
        is_told: whether any of them has a segment.
    """

    story_id: str
    culture: str
    language: str
    text: str
    events: int
    is_told: bool


def read_head(document: Mapping[str, Any], source: str, rules: Rules = _ALL_RULES) -> TaleHead:
    """Read id, culture and language as :func:`read_v3` does.

    Args are those of :func:`read_v3`.
    """
    log = RepairLog(source, rules)
    metadata, origin = document.get("metadata") or {}, document.get("source_info") or {}
    text = find_text(document)
    return TaleHead(
        _read_id(log, metadata, source),
        log.strip("$.metadata.culture", metadata.get("culture")),
        _read_language(log, origin, text),
        text,
        len(document["narrative_events"]),
        any(segment.strip() for segment in _list_segments(document)),
    )


def find_text(document: Mapping[str, Any]) -> str:
    """Return the text of a tale, or its segments in the order of the file where it has none."""
    whole = (document.get("source_info") or {}).get("text_content")
    if whole:
        return str(whole)
    return "\n".join(_list_segments(document))


def _list_segments(document: Mapping[str, Any]) -> Iterator[str]:
    spans = ((event or {}).get("text_span") or {} for event in document["narrative_events"])
    return (span.get("text") or "" for span in spans)


def _read_id(log: RepairLog, metadata: Mapping[str, Any], source: str) -> str:
    story_id = log.strip("$.metadata.id", metadata.get("id"))
    if story_id:
        return story_id
    named = _name_after(source)
    log.add("$.metadata.id", "tale-id-from-file-name", metadata.get("id"), named)
    return named


def _name_after(source: str) -> str:
    file, _, line = PurePosixPath(source).name.partition(":")
    stem = _VERSION_IN_NAME.sub("", file.removesuffix(".gz").rpartition(".")[0] or file)
    return f"{stem}-{line}" if line else stem


def _read_language(log: RepairLog, origin: Mapping[str, Any], text: str) -> str:
    declared = log.strip("$.source_info.language", origin.get("language"))
    language = detect_language(text, declared) if log.applies("detected-language") else declared
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


def _sort_by_time(log: RepairLog, events_path: str, events: list[Event], raw_events: list[Mapping[str, Any]]) -> list[Event]:
    """Sort by ``time_order``, stably; an event without one has that of the event before it in the file, or else after it."""
    given = [raw.get("time_order") for raw in raw_events]
    current = next((time for time in given if time is not None), 0)
    for event, time in zip(events, given, strict=True):
        if time is None:
            log.add(f"{event.path}.time_order", "time-order-from-neighbour", None, current)
        current = current if time is None else time
        event.time_order = current
    if not log.applies("time-order"):
        return events
    ordered = sorted(events, key=lambda event: event.time_order)
    if ordered != events:
        before = [event.id for event in events]
        log.add(events_path, "time-order", before, [event.id for event in ordered])
    return ordered
