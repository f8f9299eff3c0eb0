"""The model that answers, loaded when the first tale needs it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from ft_core.engine.base_model import find_base_model
from ft_core.engine.device import find_device
from ft_core.infer.annotate.trained_run import TrainedRun
from ft_core.infer.answerer import Answerer

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
    opening: Any = import_module("ft_core.infer.generate.open_run")
    contract: Any = import_module("ft_core.engine.contract.verification")
    opened = opening.open_run(run.folder, steps=[step.name for step in run.steps], device=device, batch_size=batch_size)
    base = find_base_model(run.base, find_device(device))
    warnings = contract.verify_adapters(run.folder, run.steps, opened.chats, base, allow_drift=allow_drift)
    return OpenedAnswerer(opened.answerer, base.read_config().get("max_position_embeddings"), tuple(warnings))
