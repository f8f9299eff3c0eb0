"""How long an answer may become."""

from __future__ import annotations

__all__ = ["DEFAULT_NEW_TOKENS", "limit_answer"]

DEFAULT_NEW_TOKENS = 512
"""The most tokens of an answer where the run does not tell how long its longest one was."""

_LEAST_NEW_TOKENS = 64


def limit_answer(longest: int | None) -> int:
    """Return the most tokens of an answer, with its EOS: an unseen one may be longer than any that was trained.

    Args:
        longest: the tokens of the longest answer in training; None or 0 where that is not known.

    >>> limit_answer(20), limit_answer(50), limit_answer(None)
    (64, 100, 512)
    """
    return max(_LEAST_NEW_TOKENS, 2 * longest) if longest else DEFAULT_NEW_TOKENS
