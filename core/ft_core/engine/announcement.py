"""Telling listeners of the training of a step: hooks that hear, and cannot stop it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ft_core.corpus.training_data import StepData
from ft_core.engine.loop.world import World
from ft_core.engine.run_file import StepRecord
from ft_core.errors import HookError
from ft_core.step import Step

__all__ = ["announce_finish", "announce_start"]

logger = logging.getLogger(__name__)


def announce_start(step: Step, folder: Path, data: StepData, world: World) -> None:
    """Call ``on_step_started``, in the process that writes; a listener that fails is told of in the log."""
    if world.is_writer:
        _tell_of(step, step.on_step_started(len(data.train), folder))


def announce_finish(step: Step, record: StepRecord, world: World) -> None:
    """Call ``on_step_finished``, in the process that writes; a listener that fails is told of in the log."""
    if world.is_writer:
        _tell_of(step, step.on_step_finished(asdict(record)))


def _tell_of(step: Step, failures: Sequence[HookError]) -> None:
    for failure in failures:
        logger.warning("Step %s: a listener failed, and training goes on. %s", step.name, failure)
