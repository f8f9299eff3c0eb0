"""Counts of prepared tales that add up, so that each process counts its own and the sum is the report's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from ft_core.corpus.closed_field import ClosedField
from ft_core.corpus.reading.event import find_field
from ft_core.corpus.reading.record import Repair
from ft_core.corpus.training_data import SPLITS, Split, TellingKind
from ft_core.example import Example, Output, Skipped
from ft_core.story import Story

__all__ = ["BLANK", "StepTally", "Tally", "by_split", "is_empty_answer", "rank"]

BLANK = "(blank)"
"""What a blank label is counted as."""


@dataclass(slots=True)
class StepTally:
    """The counts of one step.

    Attributes:
        examples: of the tales as annotated, by split; ``retold`` and ``cut`` those of their other tellings.
        skipped: events without an example, by reason.
        repaired: values of the fields that the step fills which were repaired, by rule.
        empty: examples whose answer is empty, by split.
        labels: how often each label is an answer, by field; other tellings are not counted.
        cultures, languages: examples by culture or language and split.
        prompts: how many prompts were counted, and ``chars`` their characters together.
        prefix: what all prompts begin with, None before the first.
    """

    examples: Counter[str] = field(default_factory=Counter)
    retold: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    empty: Counter[str] = field(default_factory=Counter)
    labels: dict[str, Counter[str]] = field(default_factory=dict)
    cultures: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: Counter[tuple[str, str]] = field(default_factory=Counter)
    prompts: int = 0
    chars: int = 0
    prefix: str | None = None

    def add_example(
        self, example: Example, story: Story, split: Split, fields: Iterable[ClosedField], kind: TellingKind
    ) -> None:
        """Count an example."""
        self._add_prompt(example)
        if is_empty_answer(example.output):
            self.empty[split] += 1
        self.count_by_split(kind)[split] += 1
        if kind != "tale":
            return
        self.cultures[story.culture, split] += 1
        self.languages[story.language, split] += 1
        for closed in fields:
            counts = self.labels.setdefault(closed.name, Counter())
            for label in closed.read(example.output):
                counts[label or BLANK] += 1

    def leave_out(self, empty: Mapping[str, Any]) -> None:
        """Take a training example with an empty answer out again, and count it as skipped; its prompt stays counted.

        Args:
            empty: what ``empty/{step}`` of :class:`ft_core.corpus.rendering.PreparedChunk` says of it.
        """
        self.empty["train"] -= 1
        self.count_by_split(empty["kind"])["train"] -= 1
        if empty["kind"] != "tale":
            return
        self.skipped[empty["skipped"]["reason"]] += 1
        self.cultures[empty["culture"], "train"] -= 1
        self.languages[empty["language"], "train"] -= 1
        for name, labels in empty["labels"].items():
            self.labels[name].subtract(label or BLANK for label in labels)

    def count_by_split(self, kind: TellingKind) -> Counter[str]:
        """Return how many examples the tellings of one kind have, by split."""
        return {"tale": self.examples, "retold": self.retold, "cut": self.cut}[kind]

    def merge(self, other: StepTally) -> None:
        """Add the counts of another part of the tales."""
        for name in ("examples", "retold", "cut", "skipped", "repaired", "empty", "cultures", "languages"):
            getattr(self, name).update(getattr(other, name))
        for name, counts in other.labels.items():
            self.labels.setdefault(name, Counter()).update(counts)
        self.prompts += other.prompts
        self.chars += other.chars
        if other.prefix is not None:
            self.prefix = other.prefix if self.prefix is None else _find_common(self.prefix, other.prefix)

    def _add_prompt(self, example: Example) -> None:
        instruction = example.prompt.instruction if example.prompt else ""
        self.prompts += 1
        self.chars += len(instruction)
        if self.prefix is None:
            self.prefix = instruction
        elif not instruction.startswith(self.prefix):
            self.prefix = _find_common(self.prefix, instruction)


class Tally:
    """The counts of some tales.

    Attributes:
        tales, events: of the tales' own texts.
        cultures, languages: tales by culture or language and split.
        versions: tales by the version of their file.
        repaired: repairs by rule.
        marks: marks of editors in the texts, by kind.
        counts: what was counted of that which lies beside the tales, by section and name.
        steps: the counts of each step.
    """

    def __init__(self) -> None:
        self.tales = 0
        self.events = 0
        self.cultures: Counter[tuple[str, str]] = Counter()
        self.languages: Counter[tuple[str, str]] = Counter()
        self.versions: Counter[str] = Counter()
        self.repaired: Counter[str] = Counter()
        self.marks: Counter[str] = Counter()
        self.counts: Counter[tuple[str, str]] = Counter()
        self.steps: dict[str, StepTally] = defaultdict(StepTally)

    def count_skipped(self, step: str) -> dict[str, int]:
        """Return how many events gave a step no example, by reason, the most frequent first."""
        return rank(self.steps[step].skipped)

    def add_tale(
        self, story: Story, split: Split, version: int, marks: Mapping[str, int], counts: Mapping[tuple[str, str], int]
    ) -> None:
        """Count a tale."""
        self.tales += 1
        self.events += len(story.events)
        self.cultures[story.culture, split] += 1
        self.languages[story.language, split] += 1
        self.versions[str(version)] += 1
        self.marks.update(marks)
        self.counts.update(counts)

    def add_item(
        self,
        step: str,
        item: Example | Skipped,
        story: Story,
        split: Split,
        fields: Iterable[ClosedField] = (),
        *,
        kind: TellingKind = "tale",
    ) -> None:
        """Count an example of a step, or an event that gave none."""
        if isinstance(item, Example):
            self.steps[step].add_example(item, story, split, fields, kind)
        elif kind == "tale":
            self.steps[step].skipped[item.reason] += 1

    def add_repairs(self, repairs: Iterable[Repair], writes: Mapping[str, Collection[str]]) -> None:
        """Count repairs, for all tales and for the steps that fill the repaired fields."""
        for repair in repairs:
            self.repaired[repair.rule] += 1
            name = find_field(repair.path)
            for step, fields in writes.items():
                if name in fields:
                    self.steps[step].repaired[repair.rule] += 1

    def merge(self, other: Tally) -> None:
        """Add the counts of other tales."""
        self.tales += other.tales
        self.events += other.events
        for name in ("cultures", "languages", "versions", "repaired", "marks", "counts"):
            getattr(self, name).update(getattr(other, name))
        for step, counts in other.steps.items():
            self.steps[step].merge(counts)


def _find_common(first: str, second: str) -> str:
    """Return what two texts begin with."""
    length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))
    return first[:length]


def is_empty_answer(output: Output) -> bool:
    """Say whether an answer says nothing: every value is an empty text or an empty list.

    >>> is_empty_answer({"instrument": "", "explanation": ""}), is_empty_answer({"doers": [], "notes": "-"})
    (True, False)
    """
    return all(isinstance(value, str | list | tuple) and not value for value in output.values())


def by_split(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Return counts by name and split as nested objects, the names sorted.

    >>> by_split({("Japanese", "train"): 2})
    {'Japanese': {'train': 2, 'val': 0, 'test': 0}}
    """
    names = sorted({name for name, _ in counts})
    return {name: {split: counts.get((name, split), 0) for split in SPLITS} for name in names}


def rank(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts with the most frequent first, equal ones by name."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
