"""The order that the pipeline must be equal to: one question after another, nothing batched, nothing clever."""

from __future__ import annotations

from collections.abc import Sequence

from ft_core.example import NotApplicable
from ft_core.infer.answerer import Answerer
from ft_core.infer.judgement import judge
from ft_core.step import Step
from ft_core.story import Story

__all__ = ["annotate_plainly"]


def annotate_plainly(steps: Sequence[Step], story: Story, answerer: Answerer) -> None:
    """Ask about each event of a tale without labels."""
    for step in steps:
        for event in story.events:
            inputs = step.build_inputs(story, event)
            if isinstance(inputs, NotApplicable):
                continue
            judged = judge(step, inputs, answerer.ask(step.name, [step.build_prompt(inputs)])[0])
            if judged.output is not None:
                step.apply_output(story, event, judged.output)
