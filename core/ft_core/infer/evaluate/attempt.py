"""What a system answered to a case: something to score, or why there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ft_core.example import Answer, Inputs, Output, dump_answer
from ft_core.infer.evaluate.case import Case
from ft_core.infer.judgement import Judgement
from ft_core.problem import Problem
from ft_core.step import Step

__all__ = ["Attempt", "as_answers", "attempt_baseline", "attempt_judged"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer of one system.

    Attributes:
        output: the answer where it is valid, as repaired; otherwise None, and nothing of it is scored as right.
        problems: why it is not valid.
        text: as it was given, "" where nothing was.
        confidence: what the model's tokens tell of it, see :class:`ft_core.infer.reply.Reply`.
        ended: whether the model ended it, and not the cap on its length.
        asked: False where the step had nothing to ask, as where the pipeline found no receiver.
        inputs: what was asked about, where that is not the case's own.
        repairs: what was left out of a valid answer, and why, with paths in its text.
    """

    output: Output | None
    problems: tuple[Problem, ...] = ()
    text: str = ""
    confidence: float | None = None
    ended: bool = True
    asked: bool = True
    inputs: Inputs | None = None
    repairs: tuple[Problem, ...] = ()


def attempt_judged(judgement: Judgement, inputs: Inputs | None = None) -> Attempt:
    """Return a model's answer."""
    reply = judgement.reply
    return Attempt(
        judgement.output,
        judgement.problems,
        reply.text,
        reply.confidence,
        reply.ended,
        inputs=inputs,
        repairs=judgement.repairs,
    )


def attempt_baseline(step: Step, case: Case, output: Output | None) -> Attempt:
    """Return a baseline's answer, checked as a model's is; what is made of gold is no more repaired than gold.

    Raises:
        HookError: the step's ``validate_output`` fails.
    """
    if output is None:
        return Attempt(None, (Problem("$", "no answer of the training tales can be given here"),))
    problems = tuple(step.validate_output(output, case.example.inputs))
    return Attempt(None if problems else output, problems, dump_answer(output))


def as_answers(cases: Sequence[Case], attempts: Sequence[Attempt]) -> list[Answer]:
    """Return what ``score_outputs`` scores; also a pipeline's answers are scored with the gold inputs."""
    return [
        Answer(case.example.inputs, case.example.output, attempt.output, *case.place)
        for case, attempt in zip(cases, attempts, strict=True)
    ]
