"""How far a step is with the tales that are asked about together."""

from __future__ import annotations

from dataclasses import dataclass

from ft_core.infer.pipeline.listener import Unit
from ft_core.infer.pipeline.result import PipelineResult

__all__ = ["StepCount"]


@dataclass(slots=True)
class StepCount:
    """The count of one step.

    Attributes:
        step: its name.
        total: the events, or tales, that it is asked about.
        unit: what they are.
        began: when it began, in seconds.
        answered: prompts that the model has answered.
        judged: those of them whose results are known.
        skipped: events about which nothing was asked.
    """

    step: str = ""
    total: int = 0
    unit: Unit = "events"
    began: float = 0.0
    answered: int = 0
    judged: int = 0
    skipped: int = 0

    @property
    def done(self) -> int:
        """How many of the total are done; not all who answer tell of it before the results come."""
        return max(self.answered, self.judged) + self.skipped

    def add(self, result: PipelineResult) -> None:
        """Count what became of one of them."""
        if result.judgement is None:
            self.skipped += 1
        else:
            self.judged += 1

    def describe(self, now: float) -> str:
        """Return how far the step is, and how long it will take if it goes on like this.

        >>> StepCount("stac", 40, began=100, answered=10).describe(130)
        'stac: 10 of 40 events, 90 s left'
        """
        told = f"{self.step}: {self.done} of {self.total} {self.unit}"
        if not 0 < self.done < self.total:
            return told
        return f"{told}, {(self.total - self.done) * (now - self.began) / self.done:.0f} s left"
