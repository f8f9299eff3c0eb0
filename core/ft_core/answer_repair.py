"""A model's answer without what is superfluous in it."""

from __future__ import annotations

from dataclasses import dataclass

from ft_core.example import Output
from ft_core.problem import Problem

__all__ = ["Repaired"]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What is left of a model's answer, and what was left out of it.

    Attributes:
        output: the answer without what was left out.
        repairs: one for each thing that was: its JSON path in the answer as the model gave it, and what was done and why. Empty
            where the answer is as it was.

    >>> repaired = Repaired({"names": ["Fox"]}, (Problem("$.names[1]", "'Fox' is given twice; left out"),))
    >>> print(*repaired.repairs)
    $.names[1]: 'Fox' is given twice; left out
    """

    output: Output
    repairs: tuple[Problem, ...] = ()
