"""Adapters of shuffled gold: if they score above chance, the measure, or the split, gives something away."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ft_core.engine.progress import TrainingProgress
from ft_core.engine.training import train_steps
from ft_core.errors import TrainingError
from ft_core.infer.evaluate.origin import Origin
from ft_core.infer.evaluate.shuffling import shuffle_gold
from ft_core.step import Step

__all__ = ["SHUFFLED", "train_on_shuffled_gold"]

SHUFFLED = "shuffled"
"""The folder of the run on shuffled gold, in that of the report."""


def train_on_shuffled_gold(
    origin: Origin, steps: Sequence[Step], seed: int, report: Path, progress: TrainingProgress | None = None
) -> Path:
    """Train an adapter for each step as the run did, on shuffled gold, and return the folder of that run.

    The backend is the plain one: a process that has answered with an adapter cannot start Unsloth any more. Inputs are the
    annotators', also where the run had predicted ones.

    Args:
        origin: the run.
        steps: those to train.
        seed: shuffles.
        report: the folder of the report, in which the new run lies.
        progress: how to show the training; None chooses by the terminal.

    Raises:
        TrainingError: a step could not be trained.

    Other errors are those of :func:`ft_core.engine.training.train_steps`.
    """
    folder = report / SHUFFLED
    shutil.rmtree(folder, ignore_errors=True)
    # Nobody answers here: what adapters of shuffled gold say about earlier steps is no part of the question.
    changes = {"output_dir": str(folder), "backend": "hf", "predicted_inputs": 0.0}
    config = origin.config.model_copy(update=changes)
    run = train_steps(shuffle_gold(origin.data, seed), steps, config, overwrite=True, progress=progress)
    failed = [f"{name}: {record.reason}" for name, record in run.steps.items() if record.status != "done"]
    if failed:
        raise TrainingError(f"Training on shuffled gold failed: {'; '.join(failed)}. Leave --sanity out, or see the log.")
    return folder
