"""How many optimizer steps a training takes."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

from ft_core.config import FineTuneConfig

__all__ = ["Schedule", "plan_schedule"]

logger = logging.getLogger(__name__)

_WARMUP_SHARE = 10  # warm-up is at most one step in so many


@dataclass(frozen=True, slots=True)
class Schedule:
    """The optimizer steps of a training.

    Attributes:
        batch: the effective batch: examples that one optimizer step learns from, fewer in the last step of an epoch.
        steps: optimizer steps in all.
        warmup_steps: steps in which the learning rate rises.
    """

    batch: int
    steps: int
    warmup_steps: int


def plan_schedule(step: str, rows: int, config: FineTuneConfig) -> Schedule:
    """Plan a training of ``rows`` rows; where warm-up is shorter than was asked for, the log says so.

    Args:
        step: the step's name, for the log.
        rows: the number of training rows.
        config: what was asked for.
    """
    batch = config.batch_size * config.gradient_accumulation_steps
    steps = math.ceil(config.num_epochs * math.ceil(rows / batch))
    steps = min(steps, config.max_steps or steps)
    warmup = min(config.warmup_steps, steps // _WARMUP_SHARE)
    if warmup < config.warmup_steps:
        logger.info(
            "Step %s: warm-up is %d of %d steps, not %d: never more than a tenth.", step, warmup, steps, config.warmup_steps
        )
    return Schedule(batch, steps, warmup)
