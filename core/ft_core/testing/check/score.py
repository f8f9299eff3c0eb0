"""Answers can be scored, and the metric that the step names first is there."""

from __future__ import annotations

import math

from ft_core.example import Answer
from ft_core.testing.finding import Verdict
from ft_core.testing.specimen import Specimen

__all__ = ["check_scores"]


def check_scores(specimen: Specimen) -> Verdict:
    """Check that ``score_outputs`` takes right and missing answers, one row of counts each, and gives the primary metric.

    Raises:
        HookError: a hook of the step fails.
    """
    step, gold = specimen.step, [example for _, example in specimen.examples]
    right = [Answer(each.inputs, each.output, each.output, each.story_id, each.event_id) for each in gold]
    missing = [Answer(each.inputs, each.output, None, each.story_id, each.event_id) for each in gold]
    problems = []
    for answers in (right, missing):
        sheet = step.score_outputs(answers)
        if len(sheet.counts) != len(answers):
            problems.append(
                f"score_outputs gave {len(sheet.counts)} rows of counts for {len(answers)} answers; give one for each"
            )
    metrics = step.score_outputs(right).metrics()
    primary = step.info.primary_metric
    if primary not in metrics:
        known = ", ".join(sorted(metrics)) or "none"
        problems.append(f"primary_metric is {primary!r}, which score_outputs does not give. Name one of these: {known}")
    elif not math.isfinite(metrics[primary]):
        problems.append(f"{primary} of gold scored as its own prediction is {metrics[primary]}; let it be a number")
    told = f"{primary} of gold scored as its own prediction is {metrics.get(primary, math.nan):.3g}"
    return Verdict(told, list(dict.fromkeys(problems)))
