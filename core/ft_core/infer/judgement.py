"""Reading a reply: is it JSON, does it fit the step, may it be applied?"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ft_core.corpus.reading.document import find_unusable
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
        output: the answer where it is valid, or what a repair left of it; otherwise None, and then it is not applied.
        problems: why it is not valid, with paths in the answer as it was given; empty where it is.
        repairs: what was left out of it, and why, with paths in the answer as it was given; empty where it is used as it was
            given, or not at all.
    """

    reply: Reply
    output: Output | None
    problems: tuple[Problem, ...] = ()
    repairs: tuple[Problem, ...] = ()


def judge(step: Step, inputs: Inputs, reply: Reply) -> Judgement:
    """Parse a reply, check it by the step's schema, leave out what is superfluous, and check the rest by the step's rules.

    Where the rest is not valid either, the answer is judged as it was given: its text is what is kept, so its problems have
    their places there; and a repair never makes an answer useless.

    Raises:
        HookError: the step's ``repair_output`` or ``validate_output`` fails.
    """
    if reply.problem is not None:
        return Judgement(reply, None, (Problem("$", reply.problem),))
    try:
        output = json.loads(reply.text, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated_keys)
    except (ValueError, RecursionError) as error:
        return Judgement(reply, None, (Problem("$", f"is not JSON: {error}"),))
    # What no file of a tale can hold would be written and could not be read again; too deep, it breaks recursive code.
    if unusable := tuple(Problem(path, reason) for path, reason in find_unusable(output)):
        return Judgement(reply, None, unusable)
    repaired = step.repair_output(output, inputs)
    if repaired is not None and not step.validate_output(repaired.output, inputs):
        return Judgement(reply, repaired.output, repairs=repaired.repairs)
    problems = step.validate_output(output, inputs)
    return Judgement(reply, None if problems else output, tuple(problems))


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON value")


def _refuse_repeated_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found
