"""Opening a run to ask its adapters: the one place where an evaluation meets a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ft_core.infer.answerer import Answerer
from ft_core.step import Step

__all__ = ["Open", "OpenedRun", "open_adapters"]


class OpenedRun(Protocol):
    """A run whose steps can be asked."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, in the order in which they run."""

    @property
    def answerer(self) -> Answerer:
        """Asks them."""

    @property
    def left_out(self) -> Mapping[str, tuple[str, ...]]:
        """By step, the optional inputs that its training hardly had."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is not as it was when the adapters were trained."""


class Open(Protocol):
    """Opens a run."""

    def __call__(self, folder: Path, steps: Sequence[str], device: str | None, *, allow_drift: bool) -> OpenedRun:
        """Open some steps of the run in a folder; a device of None is chosen by what there is."""


def open_adapters(folder: Path, steps: Sequence[str], device: str | None, *, allow_drift: bool = False) -> OpenedRun:
    """Load the base model of a run once, with the adapters of some steps on it.

    Raises: as :func:`ft_core.infer.generate.open_run.open_run`.
    """
    from ft_core.infer.generate.open_run import open_run

    where: Any = device or "auto"
    return open_run(folder, steps=steps, device=where, allow_drift=allow_drift)
