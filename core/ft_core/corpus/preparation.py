"""What preparing training data gave: lines on disk until they are written or trained on, and counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

import orjson

from ft_core.corpus.collection import Collection
from ft_core.corpus.hashing import hash_contents, hash_split
from ft_core.corpus.preparation_context import PreparationContext
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.splitting.split import SplitPlan, list_by_split
from ft_core.corpus.survey import Survey
from ft_core.corpus.training_data import SPLITS, Split, StepData, TrainingData
from ft_core.data_config import DataConfig
from ft_core.errors import PluginError
from ft_core.example import Example
from ft_core.step import Step

__all__ = ["Preparation", "PreparedStep"]


@dataclass(frozen=True, slots=True)
class PreparedStep:
    """A step that was prepared: its name, what provides it, and the fields that it fills."""

    name: str
    distribution: str
    version: str
    writes: tuple[str, ...]


@dataclass(frozen=True)
class Preparation:
    """The training data of some steps before it is written or trained on; close it, or use it in a ``with`` block.

    Attributes:
        source: the folders that the tales come from, for people.
        survey: what was found and refused.
        plan: which tale is in which split, and what was found of leaks.
        context: settings and what lies beside the tales.
        steps: in the order in which they run, without those that failed.
        collection: what the tales gave.
        keeps_examples: whether the examples stay in memory beside their lines.
        folder: where the lines are; removed on closing.
    """

    source: str
    survey: Survey
    plan: SplitPlan
    context: PreparationContext
    steps: Mapping[str, PreparedStep]
    collection: Collection
    keeps_examples: bool
    folder: TemporaryDirectory[str]

    @classmethod
    def start(
        cls,
        *,
        source: str,
        survey: Survey,
        plan: SplitPlan,
        context: PreparationContext,
        steps: Sequence[Step],
        keeps_examples: bool,
        folder: TemporaryDirectory[str],
    ) -> Preparation:
        """Return a preparation to which nothing has been collected yet."""
        named = {step.name: PreparedStep(step.name, step.distribution, step.version, tuple(step.info.writes)) for step in steps}
        return cls(source, survey, plan, context, named, Collection(Path(folder.name)), keeps_examples, folder)

    def __enter__(self) -> Preparation:
        """Return the preparation itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Remove the lines from the disk; the counts stay."""
        self.collection.spool.close()
        self.folder.cleanup()

    @property
    def config(self) -> DataConfig:
        """The settings."""
        return self.context.config

    @property
    def refusals(self) -> list[Refusal]:
        """Every problem of every file that was not used."""
        return [*self.survey.refusals, *self.collection.refusals]

    @property
    def failures(self) -> dict[str, PluginError]:
        """The steps that failed, by name, and why; nothing is written of them, and nothing trained."""
        return dict(sorted(self.collection.failures.items()))

    def without_failed(self) -> Preparation:
        """Return the preparation of the other steps.

        Raises:
            PluginError: no step is left.
        """
        left = {name: step for name, step in self.steps.items() if name not in self.failures}
        if not left and self.steps:
            raise next(iter(self.failures.values()))
        return replace(self, steps=left)

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 over everything that made the examples but the split: tales, what lies beside them, and settings."""
        beside = self.collection.digests
        digests = {card.story_id: card.content_hash + beside.get(card.story_id, b"").hex() for card in self.survey.cards}
        settings = {name: getattr(self.config, name) for name in _HASHED_SETTINGS}
        settings["without_rules"] = sorted(self.context.rules.off)
        return hash_contents(digests | {"\0settings": orjson.dumps(settings).decode()})

    @cached_property
    def split_hash(self) -> str:
        """SHA-256 over which tale is in which split."""
        return hash_split(self.plan.splits)

    def list_unused_summaries(self) -> list[dict[str, Any]]:
        """Return the rows of CSV files that gave no summary, each with the reason."""
        ids = [card.story_id for card in self.survey.cards]
        retold = ((story_id, file.stem) for story_id in ids for file in self.context.retellings.list_files(story_id))
        unmatched = [row.as_json() for row in self.context.summaries.list_unmatched(ids, retold)]
        return unmatched + [json.loads(line) for line in self.collection.spool["unused_summaries"].read()]

    def list_unmatched_retellings(self) -> list[dict[str, str]]:
        """Return the retellings that belong to no tale, each with the reason."""
        files = self.context.retellings.list_unmatched(card.story_id for card in self.survey.cards)
        return [{"file": file.source, "reason": "is a retelling of no tale that was read"} for file in files]

    def list_unmatched_sidecars(self) -> list[dict[str, str]]:
        """Return the STAC sidecars that belong to no tale or are the second of one, each with the reason."""
        sidecars = self.context.sidecars
        unmatched = sidecars.list_unmatched(card.story_id for card in self.survey.cards)
        reasons = [(file, "is a STAC sidecar of no tale that was read") for file in unmatched]
        reasons += [(file, "is a second STAC sidecar of its tale; the first by name is used") for file in sidecars.repeated]
        return [{"file": file.source, "reason": reason} for file, reason in reasons]

    def list_tales(self) -> dict[Split, tuple[str, ...]]:
        """Return the tale ids of each split, sorted."""
        return list_by_split(self.plan.splits)

    def list_examples(self, step: str, split: Split) -> list[Example]:
        """Return the examples of a step in a split.

        Raises:
            ValueError: the examples were not kept in memory.
        """
        if not self.keeps_examples:
            raise ValueError("the examples were not kept in memory; prepare with keep_examples=True to list them")
        return self.collection.examples[step, split]

    def count_skipped(self, step: str) -> dict[str, int]:
        """Return how many events gave a step no example, by reason."""
        return self.collection.tally.count_skipped(step)

    def as_training_data(self) -> TrainingData:
        """Return what the engine trains on; the examples must have been kept in memory."""
        steps = {name: self._as_step_data(name) for name in self.steps}
        failures = {name: str(error) for name, error in self.failures.items()}
        return TrainingData(steps, self.source, self.data_hash, self.split_hash, self.list_tales(), failures=failures)

    def _as_step_data(self, step: str) -> StepData:
        train, val, test = (self.list_examples(step, split) for split in SPLITS)
        return StepData(
            train=tuple(example.as_text() for example in train),
            val=tuple(example.as_text() for example in val),
            test=tuple(example.as_text() for example in test),
            examples=tuple(train),
            skipped=self.count_skipped(step),
        )


_HASHED_SETTINGS = ("balance", "retelling_weight", "stac_cuts", "stac_min_fields", "summary_dropout")
