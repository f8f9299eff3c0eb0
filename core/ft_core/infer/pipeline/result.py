"""What became of one question of a step."""

from __future__ import annotations

from dataclasses import dataclass

from ft_core.example import Inputs, NotApplicable
from ft_core.infer.judgement import Judgement

__all__ = ["KEPT", "PipelineResult"]

KEPT = "is annotated already, and its label is kept"
"""The reason of results about events that have a label."""


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """One step and one event: the question and its judged answer, or why nothing was asked.

    Attributes:
        step: the step's name.
        story_id: the tale.
        event_id: the event; ``""`` for a step that is asked once per tale.
        inputs: what the step was shown; None where nothing was asked.
        judgement: the answer; a valid one stands in the tale.
        skipped: why nothing was asked; None where it was.
    """

    step: str
    story_id: str
    event_id: str
    inputs: Inputs | None = None
    judgement: Judgement | None = None
    skipped: NotApplicable | None = None

    @property
    def is_kept(self) -> bool:
        """Whether nothing was asked because a label is there."""
        return self.skipped is not None and self.skipped.reason == KEPT
