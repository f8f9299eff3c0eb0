"""The adapters in a row on tales without labels: each step is shown what the steps before it answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace

from ft_core.infer.answerer import Answerer
from ft_core.infer.evaluate.attempt import Attempt, attempt_judged
from ft_core.infer.evaluate.case import Case
from ft_core.infer.pipeline.clearing import clear_step
from ft_core.infer.pipeline.result import PipelineResult
from ft_core.infer.pipeline.run import run_pipeline
from ft_core.problem import Problem
from ft_core.step import Step
from ft_core.story import Story

__all__ = ["run_steps"]


def run_steps(
    steps: Sequence[Step],
    cases: Mapping[str, Sequence[Case]],
    answerer: Answerer,
    left_out: Mapping[str, Collection[str]] | None = None,
) -> dict[str, list[Attempt]]:
    """Return the pipeline's answer to each case of each step.

    It goes through the tales of the cases from beginning to end, after the fields of all the steps were cleared. What other
    steps write stays as it is annotated.

    Args:
        steps: in the order in which they run.
        cases: of those steps that are measured, by name.
        answerer: who answers.
        left_out: by step, names of inputs that are shown empty.

    Raises:
        HookError: a step fails.
    """
    stories = [_clear(story, steps) for story in _list_stories(cases)]
    found = run_pipeline(steps, stories, answerer, left_out=left_out)
    results = {(result.step, result.story_id, result.event_id): result for result in found}
    return {name: [_attempt(results.get((name, *case.place))) for case in of_step] for name, of_step in cases.items()}


def _list_stories(cases: Mapping[str, Sequence[Case]]) -> list[Story]:
    found = {case.story.id: case.story for of_step in cases.values() for case in of_step}
    return [found[story_id] for story_id in sorted(found)]


def _clear(story: Story, steps: Sequence[Step]) -> Story:
    copy = deepcopy(replace(story, document=None))  # the file's own content is large, and nobody asks about it
    for step in steps:
        clear_step(copy, step)
    return copy


def _attempt(result: PipelineResult | None) -> Attempt:
    if result is None:
        return Attempt(None, (Problem("$", "the pipeline did not come to this event"),), asked=False)
    if result.judgement is None:
        reason = result.skipped.reason if result.skipped else "there was nothing to ask"
        return Attempt(None, (Problem("$", f"the pipeline had nothing to ask: {reason}"),), asked=False)
    return attempt_judged(result.judgement, result.inputs)
