"""A few training rows, always the same ones, whose loss is told before and after training."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ft_core.engine.rows import Row

__all__ = ["PROBE_SIZE", "choose_probe"]

PROBE_SIZE = 16
"""How many rows are probed at most."""


def choose_probe(rows: Sequence[Row], seed: int) -> list[Row]:
    """Return up to :data:`PROBE_SIZE` rows, chosen by the seed, in their order."""
    chosen = random.Random(seed).sample(range(len(rows)), min(PROBE_SIZE, len(rows)))  # noqa: S311  # no secret
    return [rows[place] for place in sorted(chosen)]
