"""What a step's training puts into memory: its rows, and the packs that they come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from ft_core.engine.loop.batch import BatchOrder
from ft_core.engine.memory.computation import PackSize
from ft_core.engine.pack.plan import PackingPlan
from ft_core.engine.rows import Row
from ft_core.engine.schedule import Schedule
from ft_core.lora import LoraSettings

__all__ = ["Packs", "Workload"]

_LOOKED_AT = 1000
"""Optimizer steps whose packs are looked at; later ones are as random."""


@dataclass(frozen=True, slots=True)
class Packs:
    """The packs of a training.

    Attributes:
        largest: the largest of each number of all packs.
        per_step: how many an optimizer step has, on average.
    """

    largest: PackSize
    per_step: float


@dataclass(frozen=True, slots=True)
class Workload:
    """One step's training.

    Attributes:
        step: the step's name.
        rows: the training rows, at least one.
        packing: how they are packed, by what was asked for.
        schedule: optimizer steps and effective batch.
        settings: the adapter's.
        seed: decides the order of the rows.
        window: how many tokens a token of the base sees, the newest among them; None: all. Of several, the fewest.
    """

    step: str
    rows: Sequence[Row]
    packing: PackingPlan
    schedule: Schedule
    settings: LoraSettings
    seed: int
    window: int | None = None

    @property
    def longest(self) -> int:
        """The tokens of the longest row: no pack can be smaller."""
        return max(len(row.input_ids) for row in self.rows)

    def measure(self, budget: int, steps: int = _LOOKED_AT) -> Packs:
        """Make the packs of the training, the very ones for its first steps, and measure them.

        Args:
            budget: tokens in a pack at most.
            steps: how many optimizer steps are looked at, at most.
        """
        sizes: list[PackSize] = []
        steps = min(self.schedule.steps, steps)
        for packs in self._list_packs(replace(self.packing, budget=budget), steps):
            sizes += [self._size_of(places) for places in packs]
        return Packs(reduce(PackSize.join, sizes), len(sizes) / steps)

    def _list_packs(self, packing: PackingPlan, steps: int) -> Iterator[list[tuple[int, ...]]]:
        order = BatchOrder(len(self.rows), self.schedule.batch, self.seed)
        lengths = [len(row.input_ids) for row in self.rows]
        for step in range(steps):
            yield packing.group(order.find(step).places, lengths)

    def _size_of(self, places: Sequence[int]) -> PackSize:
        prefix = self.packing.prefix
        suffixes = [len(self.rows[place].input_ids) - prefix for place in places]
        shown = [prefix + length for length in suffixes]
        return PackSize(
            tokens=prefix + sum(suffixes),
            trained=sum(self.rows[place].trained for place in places),
            attended=prefix + sum(suffixes) + (sum(shown) if prefix else 0),
            mask=self._count_mask(suffixes),
        )

    def _count_mask(self, suffixes: Sequence[int]) -> int:
        """Count numbers in masks: of what is attended to besides its own, or in a window."""
        prefix, window = self.packing.prefix, self.window
        masked = [(length, prefix + length) for length in suffixes if prefix or (window and length > window)]
        if window and prefix > window:
            masked.append((prefix, prefix))
        return sum(queries * keys for queries, keys in masked)
