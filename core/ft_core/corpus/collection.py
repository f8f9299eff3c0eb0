"""Collecting what chunks of tales gave: lines on disk, counts and the little that balancing needs in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from ft_core.corpus.balance import EmptyAnswers
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.rendering import PreparedChunk
from ft_core.corpus.spool import Spool
from ft_core.corpus.tally import Tally
from ft_core.corpus.training_data import SKIPPED, Split
from ft_core.errors import PluginError
from ft_core.example import Example

__all__ = ["Collection"]


class Collection:
    """Everything that the tales of one preparation gave.

    Attributes:
        spool: the lines, by kind as in :class:`PreparedChunk`.
        tally: the counts.
        digests: SHA-256 of what lies beside each tale and made its examples too, by tale id, b"" where nothing does.
        refusals: tales that could not be read any more.
        examples: by step and split, where they were asked for.
        failures: the steps that failed, with the first reason in the order of the tales; what they gave is not to be used.
        dropped: how many training examples of each step balancing left out.
    """

    def __init__(self, folder: Path) -> None:
        self.spool = Spool(folder)
        self.tally = Tally()
        self.digests: dict[str, bytes] = {}
        self.refusals: list[Refusal] = []
        self.examples: dict[tuple[str, Split], list[Example]] = defaultdict(list)
        self.failures: dict[str, PluginError] = {}
        self.dropped: dict[str, int] = {}
        self._empty: dict[str, EmptyAnswers] = defaultdict(EmptyAnswers)

    def add_all(self, chunks: Iterable[PreparedChunk]) -> None:
        """Add chunks in their order."""
        for chunk in chunks:
            for row in chunk.empty:
                self._empty[row.step].add(self.spool[f"rows/{row.step}/train"].count + row.line, row.lot)
            for kind, lines in chunk.lines.items():
                self.spool[kind].add(bytes(lines))
            self.tally.merge(chunk.tally)
            self.digests.update(chunk.digests)
            self.refusals += chunk.refusals
            self.failures = {**chunk.failures, **self.failures}
            for key, examples in chunk.examples.items():
                self.examples[key] += examples

    def balance(self, cap: float) -> None:
        """Leave out training examples with empty answers, so that at most the share ``cap`` of each step's is empty."""
        for step, empty in self._empty.items():
            rows = self.spool[f"rows/{step}/train"]
            dropped = empty.choose_dropped(rows.count, cap)
            lines = set(dropped.values())
            rows.drop(lines)
            self.spool[f"lines/{step}/train"].drop(lines)
            for line in self.spool[f"empty/{step}"].drop(dropped):
                self._leave_out(step, orjson.loads(line))
            kept = [each for number, each in enumerate(self.examples[step, "train"]) if number not in lines]
            self.examples[step, "train"] = kept
            self.dropped[step] = len(dropped)

    def _leave_out(self, step: str, empty: dict[str, Any]) -> None:
        self.tally.steps[step].leave_out(empty)
        self.spool[f"{SKIPPED[empty['kind']]}/{step}"].add(orjson.dumps(empty["skipped"], option=orjson.OPT_APPEND_NEWLINE))
