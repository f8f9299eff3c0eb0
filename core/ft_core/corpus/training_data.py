"""What the engine trains on: texts by step and split, and hashes of where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ft_core.example import Example, TrainingText

__all__ = ["SKIPPED", "SPLITS", "Split", "StepData", "TellingKind", "TrainingData"]

Split: TypeAlias = Literal["train", "val", "test"]

SPLITS: tuple[Split, ...] = ("train", "val", "test")

TellingKind: TypeAlias = Literal["tale", "retold", "cut"]
"""What a telling is: the tale as annotated, a retelling, or the tale's own text cut into other segments."""

SKIPPED: Mapping[TellingKind, str] = {"tale": "skipped", "retold": "retold_skipped", "cut": "cut_skipped"}
"""What the manifest calls the events of each that gave no example."""


@dataclass(frozen=True, slots=True)
class StepData:
    """One step's texts in each split, in the order of tales and events.

    Attributes:
        train, val, test: what is trained on, watched, and held out for the end.
        examples: the training examples, as ``configure_lora`` sees them, one for each of ``train``.
        skipped: how many events gave no example, by reason.
    """

    train: tuple[TrainingText, ...]
    val: tuple[TrainingText, ...] = ()
    test: tuple[TrainingText, ...] = ()
    examples: tuple[Example, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Everything that one run trains on.

    Attributes:
        steps: the data of each step, by name.
        source: the folders it was read from, for people.
        data_hash: SHA-256 over the tales' contents, independent of file order and folder; None where it is not known
            (prepared files without a manifest).
        split_hash: SHA-256 over which tale is in which split; None where it is not known.
        tales: the tale ids in each split, sorted.
        hashes: hashes of each tale's content and of its text, by tale id, where the manifest has them.
        failures: the steps that failed when the examples were made, by name, and why; they have no data.
    """

    steps: Mapping[str, StepData]
    source: str
    data_hash: str | None = None
    split_hash: str | None = None
    tales: Mapping[Split, tuple[str, ...]] = field(default_factory=dict)
    hashes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
