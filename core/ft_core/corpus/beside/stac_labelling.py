"""STAC labels of a tale: the records of its annotators, and those made from its sidecar for the other events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ft_core.corpus.beside.stac_record import Piece, list_filled
from ft_core.corpus.beside.stac_sidecar import SidecarFile, StacSidecars
from ft_core.corpus.beside.stac_source import StacSource, read_stac_source
from ft_core.corpus.beside.tale_text import TaleTexts
from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.record import Refusal, Repair
from ft_core.story import STAC_HEADS, Event, Story

__all__ = ["STAC_COUNTS", "StacLabelling", "label_stac"]

_OWN, _DERIVED, _NONE = "tale", "sidecar", ""

_EVENTS = {
    _OWN: "events with a STAC record of the tale",
    _DERIVED: "events with a STAC record from a sidecar",
    _NONE: "events without a STAC record",
}
_FILLED = {_OWN: "heads filled in records of the tale", _DERIVED: "heads filled in records from a sidecar"}
_SIDECARS, _REFUSED = "STAC sidecars", "STAC sidecars refused"
_SENTENCES, _USED = "sentences", "sentences used"
_UNLABELLED, _LOST, _UNUSED = "sentences without a category", "sentences not found in the text", "sentences in no record"

STAC_COUNTS: tuple[str, ...] = (
    *_EVENTS.values(), *_FILLED.values(), _SIDECARS, _REFUSED, _SENTENCES, _USED, _UNLABELLED, _LOST, _UNUSED,
)  # fmt: skip
"""What is counted, in the order of a report. The first three add up to the tale's events, the last four to its sentences."""


@dataclass(frozen=True, slots=True)
class StacLabelling:
    """What labelling a tale gave.

    Attributes:
        repairs: records that fill too few heads to be learnt from.
        records: a JSON object for each event that has a record: where the record comes from.
        problems: what was left out, and why.
        counts: by the names of :data:`STAC_COUNTS`; those of several tales add up.
        digest: SHA-256 over the files that records were made from, ``b""`` where there are none.
        source: the sidecar, None where there is none that can be used.
    """

    repairs: tuple[Repair, ...] = ()
    records: tuple[dict[str, Any], ...] = ()
    problems: tuple[Refusal, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    digest: bytes = b""
    source: StacSource | None = None


def label_stac(story: Story, tale_path: Path, sidecars: StacSidecars, texts: TaleTexts, min_fields: int) -> StacLabelling:
    """Give the events of a tale their STAC records, in place.

    An event's own record is kept. Every other event with a segment gets one from the tale's sidecar: the record under the
    event's id, or else the sentences of each category that have at least a quarter of themselves in the segment, and of each
    only what is inside.

    Args:
        story: the tale.
        tale_path: its file.
        sidecars: the STAC sidecars.
        texts: the texts that sidecars and offsets refer to.
        min_fields: how many heads a record must fill, at least one; an event whose record fills fewer has none.
    """
    ledger = _Ledger(story, max(1, min_fields))
    source = ledger.open(tale_path, sidecars.find_file(story.id), texts)
    for event in story.events:
        if event.stac and not event.stac.is_empty:
            ledger.settle(event, _OWN)
        elif source and event.span and event.text.strip():
            ledger.derive(event, source)
        else:
            event.stac = None
    return ledger.close(source)


class _Ledger:
    """Collects what becomes of each event and sentence of a tale."""

    def __init__(self, story: Story, min_fields: int) -> None:
        self._story = story
        self._min_fields = min_fields
        self._repairs: list[Repair] = []
        self._records: list[dict[str, Any]] = []
        self._problems: list[Refusal] = []
        self._counts = Counter(dict.fromkeys(STAC_COUNTS, 0))
        self._used: set[str] = set()

    def open(self, tale_path: Path, file: SidecarFile | None, texts: TaleTexts) -> StacSource | None:
        """Read the tale's sidecar; None where there is none that can be used."""
        if file is None:
            return None
        self._counts[_SIDECARS] += 1
        try:
            source = read_stac_source(self._story, tale_path, file, texts)
        except RefusedError as error:
            self._counts[_REFUSED] += 1
            self._problems += error.refusals
            return None
        self._problems += source.problems
        known = {event.id for event in self._story.events}
        for event_id in sorted(source.sidecar.records.keys() - known):
            reason = f"is a record of no event of {self._story.source}, so it is not used"
            self._problems.append(Refusal(source.sidecar.source, f"$.event_records[{event_id!r}]", reason))
        return source

    def derive(self, event: Event, source: StacSource) -> None:
        """Make the record of an event that has none, and settle it."""
        event.stac = None
        if record := source.sidecar.records.get(event.id):
            event.stac = replace(record)
            self.settle(event, _DERIVED, source)
            return
        if not source.placed or event.span is None:  # why no sentence has a place was told
            return
        derived = source.derive(self._story, event, event.span)
        if isinstance(derived, Refusal):
            self._problems.append(derived)
        else:
            event.stac = derived.stac
            self.settle(event, _DERIVED, source, derived.pieces)

    def settle(self, event: Event, origin: str, source: StacSource | None = None, pieces: Sequence[Piece] = ()) -> None:
        """Keep the record of an event if it fills enough heads, with where it comes from."""
        record = {head: getattr(event.stac, head, "") for head in STAC_HEADS}
        heads = list_filled(event.stac)
        if len(heads) < self._min_fields:
            note = f"made from {source.sidecar.source}" if source else ""
            place = f"{event.path}.stac"
            self._repairs.append(Repair(self._story.source, place, "short-stac-record", record, None, note))
            event.stac = None
            return
        self._counts[_EVENTS[origin]] += 1
        self._counts[_FILLED[origin]] += len(heads)
        self._used.update(piece.sentence.path for piece in pieces)
        self._records.append(
            {
                "file": self._story.source,
                "story": self._story.id,
                "event": event.id,
                "path": event.path,
                "origin": origin,
                "sidecar": source.sidecar.source if source else "",
                "text": source.text_source if source else "",
                "model": source.sidecar.model if source else "",
                "sentences": [piece.as_json() for piece in pieces],
                "heads": heads,
            }
        )

    def close(self, source: StacSource | None) -> StacLabelling:
        """Return everything, with what became of the sentences."""
        counts = self._counts
        counts[_EVENTS[_NONE]] = len(self._story.events) - len(self._records)
        if source:
            found, lost = len(source.placed), len(source.lost)
            counts[_SENTENCES] = source.sidecar.count
            counts[_USED] = len(self._used)
            counts[_UNLABELLED] = source.sidecar.count - found - lost
            counts[_LOST] = lost
            counts[_UNUSED] = found - len(self._used)
        digest = source.digest if source and counts[_EVENTS[_DERIVED]] else b""
        return StacLabelling(tuple(self._repairs), tuple(self._records), tuple(self._problems), dict(counts), digest, source)
