"""Reading a reply: is it JSON, does it fit the step, may it be applied?"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ft_core.example import Inputs, Output
from ft_core.infer.reply import Reply
from ft_core.problem import Problem
from ft_core.step import Step

__all__ = ["Judgement", "judge"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A reply and what it is worth.

    Attributes:
        reply: as the model gave it.
        output: the answer where it is valid, otherwise None; then it is not applied.
        problems: why it is not valid; empty where it is.
    """

    reply: Reply
    output: Output | None
    problems: tuple[Problem, ...] = ()


def judge(step: Step, inputs: Inputs, reply: Reply) -> Judgement:
    """Parse a reply, and check it by the step's schema and rules.

    Raises:
        HookError: the step's ``validate_output`` fails.
    """
    if reply.problem is not None:
        return Judgement(reply, None, (Problem("$", reply.problem),))
    try:
        output = json.loads(reply.text, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated_keys)
    except (ValueError, RecursionError) as error:
        return Judgement(reply, None, (Problem("$", f"is not JSON: {error}"),))
    problems = step.validate_output(output, inputs)
    return Judgement(reply, None if problems else output, tuple(problems))


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _refuse_repeated_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found
