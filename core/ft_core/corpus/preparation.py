"""What preparing training data found: for each step, an example or a reason for every event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ft_core.corpus.event import FIELD_KEYS
from ft_core.corpus.hashing import hash_contents, hash_split
from ft_core.corpus.loading import TaleSet
from ft_core.corpus.record import Repair
from ft_core.corpus.split import list_by_split
from ft_core.corpus.training_data import SPLITS, Split, StepData, TrainingData
from ft_core.example import Example, Skipped

__all__ = ["Preparation", "PreparedStep"]


@dataclass(frozen=True, slots=True)
class PreparedStep:
    """One step's examples, with their prompts, and the events that gave none, both in the order of tales and events.

    Attributes:
        name, distribution, version: the step and what provides it.
        writes: the fields that the step fills; a repair of one of them is a repair for this step.
        examples: of all splits.
        skipped: the events without an example.
    """

    name: str
    distribution: str
    version: str
    writes: tuple[str, ...]
    examples: tuple[Example, ...]
    skipped: tuple[Skipped, ...]

    def count_skipped(self) -> dict[str, int]:
        """Return how many events gave no example, by reason, the most frequent reason first."""
        counts = Counter(item.reason for item in self.skipped)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True)
class Preparation:
    """The training data of some steps before it is written or trained on.

    Attributes:
        source: the folders that the tales come from, for people.
        tales: what was read and refused.
        splits: the split of each tale, by id.
        seed: of the split.
        steps: in the order in which they run.
    """

    source: str
    tales: TaleSet
    splits: Mapping[str, Split]
    seed: int
    steps: Mapping[str, PreparedStep]

    @property
    def data_hash(self) -> str:
        """SHA-256 over the contents of the tales."""
        return hash_contents(self.tales.hashes)

    @property
    def split_hash(self) -> str:
        """SHA-256 over which tale is in which split."""
        return hash_split(self.splits)

    def list_examples(self, step: str, split: Split) -> list[Example]:
        """Return the examples of a step that come from the tales of a split."""
        return [example for example in self.steps[step].examples if self.splits[example.story_id] == split]

    def list_tales(self) -> dict[Split, tuple[str, ...]]:
        """Return the tale ids of each split, sorted."""
        return list_by_split(self.splits)

    def count_repairs(self, step: str) -> dict[str, int]:
        """Return how many values of the fields that a step fills were repaired, by rule, sorted by rule."""
        writes = self.steps[step].writes
        return dict(sorted(Counter(each.rule for each in self.tales.repairs if _find_field(each) in writes).items()))

    def as_training_data(self) -> TrainingData:
        """Return what the engine trains on."""
        steps = {name: self._as_step_data(name) for name in self.steps}
        return TrainingData(steps, self.source, self.data_hash, self.split_hash, self.list_tales())

    def _as_step_data(self, step: str) -> StepData:
        train, val, test = (self.list_examples(step, split) for split in SPLITS)
        return StepData(
            train=tuple(example.as_text() for example in train),
            val=tuple(example.as_text() for example in val),
            test=tuple(example.as_text() for example in test),
            examples=tuple(train),
            skipped=self.steps[step].count_skipped(),
        )


def _find_field(repair: Repair) -> str:
    """Return the field of an event that a repair is of, ``characters``, or ``""``.

    >>> _find_field(Repair("a.json", "$.narrative_events[2].action_layer.type", "label-spelling", "Give", "give"))
    'action'
    """
    keys = [part.split("[")[0] for part in repair.path.split(".")]
    if keys[1:2] == ["characters"]:
        return "characters"
    return FIELD_KEYS.get(keys[2], "") if keys[1:2] == ["narrative_events"] and len(keys) > 2 else ""  # noqa: PLR2004
