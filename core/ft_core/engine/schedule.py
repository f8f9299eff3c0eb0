"""How many optimizer steps a training takes, and how rows are grouped into them."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

from ft_core.config import FineTuneConfig
from ft_core.engine.device import Device

__all__ = ["Schedule", "plan_schedule"]

logger = logging.getLogger(__name__)

_WARMUP_SHARE = 10  # warm-up is at most one step in so many


@dataclass(frozen=True, slots=True)
class Schedule:
    """The grouping of rows into forward passes and optimizer steps.

    Attributes:
        rows_per_pass: rows in one forward pass.
        passes_per_step: forward passes whose gradients make one optimizer step.
        steps: optimizer steps in all.
        warmup_steps: steps in which the learning rate rises.
        packed: whether the rows of a pass share the prompt's static part.
    """

    rows_per_pass: int
    passes_per_step: int
    steps: int
    warmup_steps: int
    packed: bool = False

    @property
    def rows_per_step(self) -> int:
        """The examples that one optimizer step learns from: the effective batch."""
        return self.rows_per_pass * self.passes_per_step


def plan_schedule(
    step: str, rows: int, config: FineTuneConfig, device: Device, *, rows_per_pack: int | None = None
) -> Schedule:
    """Plan a training of ``rows`` rows; where it differs from what was asked for, the log says so.

    On a CPU a forward pass has the rows of one pack, or a single row: the same mathematics, without padding.

    Args:
        step: the step's name, for the log.
        rows: the number of training rows.
        config: what was asked for.
        device: where the model is.
        rows_per_pack: how many rows share the prompt's static part in a forward pass; None where they do not.
    """
    effective = config.batch_size * config.gradient_accumulation_steps
    per_pass = rows_per_pack or (1 if device == "cpu" else config.batch_size)
    if per_pass != config.batch_size:
        logger.info("Step %s: a forward pass has %d rows; an optimizer step still has %d examples.", step, per_pass, effective)
    steps = math.ceil(config.num_epochs * math.ceil(rows / effective))
    steps = min(steps, config.max_steps or steps)
    warmup = min(config.warmup_steps, steps // _WARMUP_SHARE)
    if warmup < config.warmup_steps:
        logger.info(
            "Step %s: warm-up is %d of %d steps, not %d: never more than a tenth.", step, warmup, steps, config.warmup_steps
        )
    return Schedule(per_pass, effective // per_pass, steps, warmup, packed=rows_per_pack is not None)
