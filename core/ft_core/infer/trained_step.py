"""Choosing among the steps that a run trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ft_core.errors import UnknownStepError
from ft_core.suggestion import did_you_mean

__all__ = ["choose_trained"]


def choose_trained(folder: Path, trained: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the trained steps that are wanted, in the run's order; all of them where none is named.

    Args:
        folder: the run's, for the message.
        trained: names of its trained steps.
        wanted: names that the user gave.

    Raises:
        UnknownStepError: a step was not trained there.
    """
    for name in wanted:
        if name not in trained:
            raise UnknownStepError(
                f"The run in {folder} has no trained step {name!r}.{did_you_mean(name, trained)} Trained: {', '.join(trained)}."
            )
    return [name for name in trained if not wanted or name in wanted]
