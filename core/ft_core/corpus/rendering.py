"""From prepared tales to lines of files: what a worker process hands back, mostly as bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from ft_core.corpus.closed_field import ClosedField
from ft_core.corpus.lot import draw_lot
from ft_core.corpus.prepared_tale import PreparedTale, Telling
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.tally import Tally, is_empty_answer
from ft_core.corpus.training_data import SKIPPED, Split
from ft_core.data_config import DataConfig
from ft_core.errors import PluginError
from ft_core.example import Example, Skipped, find_filled

__all__ = ["EmptyRow", "PreparedChunk", "Renderer"]


@dataclass(frozen=True, slots=True)
class EmptyRow:
    """A training example with an empty answer: its step, its line among the chunk's, and its lot."""

    step: str
    line: int
    lot: int


@dataclass(slots=True)
class PreparedChunk:
    """What a few tales gave.

    Attributes:
        lines: JSON lines by kind: ``rows/{step}/{split}`` of the JSONL files, ``lines/{step}/{split}`` for where each comes
            from, ``skipped/{step}``, ``retold_skipped/{step}`` and ``cut_skipped/{step}``, ``empty/{step}`` (the examples that
            balancing may leave out), ``repairs``, and the kinds of :attr:`PreparedTale.records`.
        tally: the counts.
        digests: SHA-256 of what lies beside each tale and made its examples too, by tale id, b"" where nothing does.
        empty: the training examples with an empty answer, where ``balance`` is set.
        refusals: tales that could not be read any more.
        examples: the examples by step and split, where they are asked for.
        failures: the steps that failed, with the first reason; what they gave before is not to be used.
    """

    lines: dict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    tally: Tally = field(default_factory=Tally)
    digests: dict[str, bytes] = field(default_factory=dict)
    empty: list[EmptyRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    examples: dict[tuple[str, Split], list[Example]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, PluginError] = field(default_factory=dict)


class Renderer:
    """Turns prepared tales into a chunk.

    Args:
        config: for balancing.
        writes: the fields that each step fills; a repair of one of them is a repair for this step.
        fields: the fields of each step's answers that hold a label of a closed list.
        keep_examples: whether the examples themselves are handed back too.
    """

    def __init__(
        self,
        config: DataConfig,
        writes: Mapping[str, Sequence[str]],
        fields: Mapping[str, Sequence[ClosedField]],
        *,
        keep_examples: bool,
    ) -> None:
        self._config = config
        self._writes = writes
        self._fields = fields
        self._keep_examples = keep_examples

    def render(self, tales: Iterable[PreparedTale | Refusal]) -> PreparedChunk:
        """Return what some tales gave, in their order."""
        chunk = PreparedChunk()
        for tale in tales:
            if isinstance(tale, Refusal):
                chunk.refusals.append(tale)
            else:
                self._add(chunk, tale)
        return chunk

    def _add(self, chunk: PreparedChunk, tale: PreparedTale) -> None:
        own = tale.tellings[0].story
        chunk.digests[own.id] = tale.digest
        chunk.failures = {**tale.failures, **chunk.failures}
        chunk.tally.add_tale(own, tale.split, tale.version, tale.marks, tale.counts)
        chunk.tally.add_repairs(tale.repairs, self._writes)
        chunk.lines["repairs"] += _dump_all(repair.as_json() for repair in tale.repairs)
        for kind, records in tale.records.items():
            chunk.lines[kind] += _dump_all(records)
        for telling in tale.tellings:
            self._add_telling(chunk, tale.split, telling)

    def _add_telling(self, chunk: PreparedChunk, split: Split, telling: Telling) -> None:
        skipped = SKIPPED[telling.kind]
        for step, items in telling.items.items():
            for item in items:
                chunk.tally.add_item(step, item, telling.story, split, self._fields[step], kind=telling.kind)
                if isinstance(item, Example):
                    self._add_example(chunk, step, split, item, telling)
                else:
                    chunk.lines[f"{skipped}/{step}"] += _dump(_describe(step, item, telling, item.path, item.reason))

    def _add_example(self, chunk: PreparedChunk, step: str, split: Split, example: Example, telling: Telling) -> None:
        if self._config.balance is not None and split == "train" and is_empty_answer(example.output):
            self._note_empty(chunk, step, example, telling)
        chunk.lines[f"rows/{step}/{split}"] += _dump(example.as_row())
        system = len(example.prompt.system) if example.prompt else 0
        filled = find_filled(example.inputs)
        place = {
            "story": example.story_id,
            "event": example.event_id,
            "system_chars": system,
            "filled": [name for name, holds in filled.items() if holds],
            "blank": [name for name, holds in filled.items() if not holds],
        }
        chunk.lines[f"lines/{step}/{split}"] += _dump(place)
        if self._keep_examples:
            chunk.examples[step, split].append(example)

    def _note_empty(self, chunk: PreparedChunk, step: str, example: Example, telling: Telling) -> None:
        """Note a training example that balancing may leave out; its row is the next one of the chunk."""
        number = chunk.lines[f"lines/{step}/train"].count(b"\n")
        chunk.empty.append(EmptyRow(step, number, draw_lot(self._config.seed, step, example.story_id, example.event_id)))
        path = telling.story.locate(example.event_id)
        reason = f"left out by balance: more than {self._config.balance:g} of the answers would be empty"
        chunk.lines[f"empty/{step}"] += _dump(
            {
                "skipped": _describe(step, example, telling, path, reason),
                "kind": telling.kind,
                "culture": telling.story.culture,
                "language": telling.story.language,
                "labels": {field.name: list(field.read(example.output)) for field in self._fields[step]},
            }
        )


def _describe(step: str, item: Example | Skipped, telling: Telling, path: str, reason: str) -> dict[str, str]:
    return {
        "file": telling.story.source,
        "story": item.story_id,
        "event": item.event_id,
        "path": path,
        "reason": reason,
        "step": step,
    }


def _dump(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _dump_all(values: Iterable[Any]) -> bytes:
    return b"".join(map(_dump, values))
