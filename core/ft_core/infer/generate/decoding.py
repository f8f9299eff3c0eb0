"""The answers of a batch, token by token."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from ft_core.infer.constrain.constraint import Constraint
from ft_core.infer.generate.choice import Choice, choose_tokens
from ft_core.infer.generate.row_batch import RowBatch

__all__ = ["Decoded", "decode"]


@dataclass(slots=True)
class Decoded:
    """One answer as tokens.

    Attributes:
        tokens: without the EOS.
        ended: whether the model ended it within the limit.
        log_probability: the sum over the tokens that were chosen freely, an EOS among them.
        free: how many these are.
    """

    tokens: list[int] = field(default_factory=list)
    ended: bool = False
    log_probability: float = 0.0
    free: int = 0

    @property
    def confidence(self) -> float | None:
        """The geometric mean of the probabilities of the tokens that were chosen freely; None where there are none."""
        return math.exp(self.log_probability / self.free) if self.free else None

    def take(self, choice: Choice, eos: int, *, is_free: bool) -> None:
        """Go on with a token, or end; one that is not free could have no other text."""
        if is_free:
            self.log_probability += choice.log_probability
            self.free += 1
        if choice.token == eos:
            self.ended = True
        else:
            self.tokens.append(choice.token)


def decode(batch: RowBatch, limits: Sequence[int], eos: int, constraint: Constraint | None) -> list[Decoded]:
    """Answer the prompts of a batch greedily.

    Args:
        batch: the prompts, not yet read.
        limits: the most tokens of each answer, with its EOS; what a constraint needs to close an answer comes on top.
        eos: the token that ends an answer.
        constraint: what the answers may be.

    Raises:
        ConstraintError: an answer cannot be closed.
    """
    answers = [Decoded() for _ in limits]
    rows = list(range(len(limits)))  # which answer is at each place of the batch
    logits = batch.begin()
    while True:
        # Masks are made here while a GPU is still busy with the logits.
        masks = constraint.fill_masks(rows) if constraint else None
        for row, choice in zip(rows, choose_tokens(logits, masks), strict=True):
            _take(answers[row], row, choice, eos, constraint)
        going = [place for place, row in enumerate(rows) if not answers[row].ended and len(answers[row].tokens) < limits[row]]
        if not going:
            break
        if len(going) < len(rows):
            rows = [rows[place] for place in batch.keep(going)]
        logits = batch.advance([answers[row].tokens[-1] for row in rows])
    if constraint:
        for row, answer in enumerate(answers):
            if not answer.ended:
                answer.tokens = constraint.close(row, answer.tokens)
    return answers


def _take(answer: Decoded, row: int, choice: Choice, eos: int, constraint: Constraint | None) -> None:
    is_free = constraint.take(row, choice.token) if constraint else True
    answer.take(choice, eos, is_free=is_free)
    if constraint:
        answer.ended = answer.ended or constraint.is_over(row)  # nothing but the EOS could follow
