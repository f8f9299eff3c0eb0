"""Which rows an optimizer step learns from: every row once an epoch, in an order that the seed decides."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Batch", "BatchOrder"]


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one optimizer step.

    Attributes:
        step: the optimizer step, from 0.
        epoch: the epoch, from 0.
        places: the rows, by their places among all training rows.
    """

    step: int
    epoch: int
    places: tuple[int, ...]


class BatchOrder:
    """The batches of a training; the last of an epoch may be smaller, for no row is seen twice in it.

    Any step can be asked for, so a training that is resumed goes on with the rows that are due.

    Args:
        rows: how many training rows there are.
        size: the effective batch: rows of an optimizer step.
        seed: decides the order of each epoch.

    >>> order = BatchOrder(5, 2, seed=1)
    >>> sorted(place for step in range(3) for place in order.find(step).places)
    [0, 1, 2, 3, 4]
    """

    def __init__(self, rows: int, size: int, seed: int) -> None:
        self._rows, self._size, self._seed = rows, size, seed
        self._shuffle = lru_cache(maxsize=2)(self._draw)

    @property
    def steps_per_epoch(self) -> int:
        """The optimizer steps of an epoch."""
        return -(-self._rows // self._size)

    def find(self, step: int) -> Batch:
        """Return the batch of an optimizer step, counted from 0."""
        epoch, number = divmod(step, self.steps_per_epoch)
        start = number * self._size
        return Batch(step, epoch, self._shuffle(epoch)[start : start + self._size])

    def _draw(self, epoch: int) -> tuple[int, ...]:
        places = list(range(self._rows))
        random.Random(f"{self._seed} {epoch}").shuffle(places)  # noqa: S311  # no secret
        return tuple(places)
