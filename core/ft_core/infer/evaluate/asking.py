"""Asking a model about cases with gold inputs."""

from __future__ import annotations

from collections.abc import Sequence

from ft_core.infer.answerer import Answerer
from ft_core.infer.evaluate.attempt import Attempt, attempt_judged
from ft_core.infer.evaluate.case import Case
from ft_core.infer.judgement import judge
from ft_core.step import Step

__all__ = ["ask_model"]


def ask_model(
    step: Step, cases: Sequence[Case], answerer: Answerer, *, adapter: bool = True, constrained: bool = True
) -> list[Attempt]:
    """Return a model's answer to each case.

    Args:
        step: whose cases.
        cases: what to ask.
        answerer: who answers.
        adapter: False asks the base model alone.
        constrained: whether only answers of the step's output schema can be given.

    Raises:
        HookError: the step's ``validate_output`` fails.
    """
    replies = answerer.ask(step.name, [case.prompt for case in cases], adapter=adapter, constrained=constrained)
    return [
        attempt_judged(judge(step, case.example.inputs, reply)) for case, reply in zip(cases, replies, strict=True)
    ]
