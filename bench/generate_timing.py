"""The seconds that ``generate.py`` measures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from ft_core.infer.constrain.constraint import Constraint

__all__ = ["Seconds", "TimedConstraint", "counting"]


class Seconds(NamedTuple):
    """How long answering took, and what of it schemas and masks did."""

    all: float
    schemas_and_masks: float


class TimedConstraint(Constraint):
    """A constraint that counts the seconds that are spent on all of them."""

    seconds = 0.0

    def __init__(self, *told: Any, **how: Any) -> None:
        with counting():
            super().__init__(*told, **how)

    def fill_masks(self, rows: Sequence[int]) -> Any:
        """Say which tokens may come next."""
        with counting():
            return super().fill_masks(rows)

    def take(self, row: int, token: int) -> bool:
        """Go on with a token."""
        with counting():
            return super().take(row, token)


@contextmanager
def counting() -> Iterator[None]:
    """Count what is done here among the seconds that are spent on constraints."""
    began = time.perf_counter()
    yield
    TimedConstraint.seconds += time.perf_counter() - began
