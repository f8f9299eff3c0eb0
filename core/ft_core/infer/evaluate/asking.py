"""Asking a model about cases with gold inputs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ft_core.infer.answerer import Answerer
from ft_core.infer.asking import ask_step
from ft_core.infer.evaluate.attempt import Attempt, attempt_judged
from ft_core.infer.evaluate.case import Case
from ft_core.infer.pipeline.left_out_input import blank_inputs
from ft_core.step import Step

__all__ = ["ask_model"]


def ask_model(
    step: Step,
    cases: Sequence[Case],
    answerer: Answerer,
    *,
    adapter: bool = True,
    constrained: bool = True,
    left_out: Collection[str] = (),
) -> list[Attempt]:
    """Return a model's answer to each case.

    Args:
        step: whose cases.
        cases: what to ask.
        answerer: who answers.
        adapter: False asks the base model alone.
        constrained: whether only answers of the step's output schema can be given.
        left_out: names of inputs that are shown empty.

    Raises:
        HookError: a hook of the step fails.
    """
    shown = [blank_inputs(case.example.inputs, left_out) for case in cases]
    judgements = ask_step(step, shown, answerer, adapter=adapter, constrained=constrained)
    return [attempt_judged(each) for each in judgements]
