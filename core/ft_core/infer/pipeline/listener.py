"""Who is told how the steps get on."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from ft_core.infer.pipeline.result import PipelineResult

__all__ = ["PipelineListener", "Unit"]

Unit: TypeAlias = Literal["events", "tales", "texts"]
"""What is counted of a step: what it is asked about."""


class PipelineListener(Protocol):
    """Hears of each step as it runs over some tales."""

    def note_step(self, step: str, total: int, unit: Unit) -> None:
        """Hear that a step begins, with so many events or tales."""

    def note_answered(self, prompts: int) -> None:
        """Hear that the model has answered so many more prompts of the step; their results follow, maybe much later."""

    def note_result(self, result: PipelineResult) -> None:
        """Hear what became of one event or tale."""

    def note_step_done(self) -> None:
        """Hear that the step is done with all of them."""
