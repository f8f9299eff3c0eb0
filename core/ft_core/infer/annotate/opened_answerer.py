"""The model that answers, loaded when the first tale needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ft_core.infer.annotate.trained_run import TrainedRun
from ft_core.infer.answerer import Answerer
from ft_core.infer.generate.open_run import open_run

__all__ = ["OpenedAnswerer", "open_answerer"]


@dataclass(frozen=True, slots=True)
class OpenedAnswerer:
    """Who answers.

    Attributes:
        answerer: the base model with its adapters.
        context: the longest row of the base model in tokens, None where it names none.
        warnings: what is not as it was when the adapters were trained, though they are used.
    """

    answerer: Answerer
    context: int | None = None
    warnings: tuple[str, ...] = ()


def open_answerer(
    run: TrainedRun,
    *,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    batch_size: int | None = None,
    allow_drift: bool = False,
) -> OpenedAnswerer:
    """Load the base model of a run with the adapters of its steps.

    Args:
        run: the run.
        device: a GPU where there is one, if ``auto``.
        batch_size: the most prompts that are answered together; None chooses by the device.
        allow_drift: whether adapters may be used with other prompts, another template or base than they were trained with.

    Raises:
        FtCoreError: it cannot be loaded, or what the adapters were trained with has changed.
    """
    names = [step.name for step in run.steps]
    opened = open_run(run.folder, steps=names, device=device, batch_size=batch_size, allow_drift=allow_drift)
    return OpenedAnswerer(opened.answerer, opened.context, opened.warnings)
