"""What one tale gave: for each step an example or a reason for every event, of its own text and of its other tellings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ft_core.corpus.reading.record import Repair
from ft_core.corpus.training_data import Split, TellingKind
from ft_core.errors import PluginError
from ft_core.example import Example, Skipped
from ft_core.story import Story

__all__ = ["PreparedTale", "Telling"]


@dataclass(frozen=True, slots=True)
class Telling:
    """A tale as it is asked about.

    Attributes:
        story: the tale in these words and segments.
        items: for each step, in the order of the events, an example or a reason.
        kind: what it is; all but the tale as annotated are only trained on.
        without_summary: ids of the events whose prompts have no summary.
    """

    story: Story
    items: Mapping[str, Sequence[Example | Skipped]]
    kind: TellingKind = "tale"
    without_summary: frozenset[str] = frozenset()


@dataclass(slots=True)
class PreparedTale:
    """One tale with its other tellings.

    Attributes:
        split: where its examples go.
        version: the version of its file.
        tellings: the tale as annotated first.
        repairs: every value that was read otherwise than it stands in a file.
        records: further things to keep in the manifest, by its key there.
        counts: what is counted for the report, by section and name (see :mod:`ft_core.corpus.beside_count`).
        digest: SHA-256 of what lies beside the tale and made its examples too, b"" where nothing does.
        marks: what was left alone in the texts but counted.
        failures: the steps that failed at this tale, and why; they have no items.
    """

    split: Split
    version: int
    tellings: list[Telling]
    repairs: list[Repair]
    records: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    digest: bytes = b""
    marks: Mapping[str, int] = field(default_factory=dict)
    failures: Mapping[str, PluginError] = field(default_factory=dict)
