"""The first optimizer step's peak of GPU memory, held against its estimate."""

from __future__ import annotations

import logging

from ft_core.engine.device import Device
from ft_core.engine.memory.peak import check_against_peak, read_peak
from ft_core.engine.memory.plan import StepPlan
from ft_core.engine.progress import LogEntry

__all__ = ["FirstPeak"]

logger = logging.getLogger(__name__)


class FirstPeak:
    """Listens to a training, and tells after its first optimizer step how good the estimate was.

    Args:
        step: the step's name.
        planned: what was planned for it; None tells nothing.
        device: where it is trained; on a CPU no peak is known.
    """

    def __init__(self, step: str, planned: StepPlan | None, device: Device) -> None:
        self._step, self._planned, self._device = step, planned, device

    def note_step(self, _: LogEntry) -> None:
        """Look at the peak, once."""
        planned, self._planned = self._planned, None
        measured = read_peak(self._device) if planned is not None else None
        if planned is not None and measured is not None:
            logger.info("Step %s: %s", self._step, check_against_peak(planned.first_step, measured))

    def note_evaluation(self, step: int, val_loss: float) -> None:
        """Do nothing: an evaluation keeps nothing for a backward pass."""
