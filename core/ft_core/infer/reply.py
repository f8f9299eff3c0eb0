"""What a model says to one prompt."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Reply"]


@dataclass(frozen=True, slots=True)
class Reply:
    """The text of one answer.

    Attributes:
        text: the answer without its EOS.
        ended: whether the model ended it; where False it reached the cap on length, and constrained decoding closed it.
        confidence: the geometric mean of the probabilities that the model gave to the tokens it chose, from 0 to 1. They are
            probabilities among all tokens, allowed or not; tokens that a constraint left no choice about do not count. None
            where nobody measured it, or where no token was chosen freely.
        problem: why the prompt could not be asked, None where it was; then the text is empty.
    """

    text: str
    ended: bool = True
    confidence: float | None = None
    problem: str | None = None
