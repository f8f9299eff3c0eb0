"""Ending an answer that has become too long, as valid JSON of its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ft_core.errors import ConstraintError

if TYPE_CHECKING:
    import numpy.typing as npt
    from llguidance import LLMatcher, LLTokenizer

__all__ = ["close_answer"]

_CLOSERS = ('"', "}", "]", ", ", ",", ": ", ":", "0")
"""What is tried first, in this order: the end of a string, an object, a list; then what leads to the next value."""

_NOTHING = "none"
"""A label that says nothing, tried last."""

_MOST = 16_384  # tokens; only a schema that has no short answers needs more


def close_answer(matcher: LLMatcher, vocabulary: LLTokenizer, tokens: list[int]) -> list[int]:
    """Return an answer that was begun, with the tokens that end it; it costs no forward pass.

    A character of which only the first bytes are there is given up.

    Args:
        matcher: has followed ``tokens``; it is at the end of the closed answer afterwards.
        vocabulary: what the tokens mean.
        tokens: the answer so far.

    Raises:
        ConstraintError: the schema asks for more than a closing can give, such as a text of 10,000 letters.
    """
    closed = _drop_partial_character(matcher, vocabulary, list(tokens))
    closers = [vocabulary.eos_token, *(ids[0] for text in _CLOSERS if len(ids := vocabulary.greedy_tokenize(text)) == 1)]
    nothing = vocabulary.greedy_tokenize(_NOTHING)
    for _ in range(_MOST):
        allowed = _find_allowed(matcher)
        token = next((token for token in closers if allowed[token]), None)
        if token == vocabulary.eos_token:
            return closed
        if token is not None:
            chosen = [token]
        elif matcher.validate_tokens(nothing) == len(nothing):
            chosen = nothing
        else:
            chosen = [int(allowed.argmax())]
        matcher.consume_tokens(chosen)
        closed += chosen
    raise ConstraintError(
        f"An answer could not be closed within {_MOST} tokens. Its output_schema has no short answers; loosen its limits."
    )


def _find_allowed(matcher: LLMatcher) -> npt.NDArray[np.uint8]:
    """Return a one for each token that may come next."""
    allowed = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8), bitorder="little")
    if matcher.is_error() or not allowed.any():
        raise ConstraintError(f"Constrained decoding failed: {matcher.get_error() or 'no token is allowed'}")
    return allowed


def _drop_partial_character(matcher: LLMatcher, vocabulary: LLTokenizer, tokens: list[int]) -> list[int]:
    while tokens and _ends_within_character(vocabulary.decode_bytes(tokens)):
        matcher.rollback(1)
        tokens.pop()
    return tokens


def _ends_within_character(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        return error.end == len(text)
    return False
