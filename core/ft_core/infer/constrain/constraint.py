"""What the answers of a batch may go on with."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import ConstraintError, NarrowingError
from ft_core.infer.constrain.closing import close_answer
from ft_core.infer.constrain.grammar import GrammarCache

if TYPE_CHECKING:
    import torch

__all__ = ["Constraint"]

_WORD = 32  # tokens in one number of a bit mask

_THREADS = 4
"""A row's mask takes some 10 to 80 microseconds; threads beyond these cost more to wake than they do."""


class Constraint:
    """The grammars that the answers of a batch follow.

    Args:
        grammars: of the base model's vocabulary.
        step: the step's name, for messages.
        schema: its ``output_schema``.
        narrowed: for each answer the schema that it has instead; None where it has none.
        pinned: whether masks are made in memory from which a GPU can fetch them by itself.

    Raises:
        ConstraintError: the step's schema uses a keyword that a grammar cannot express.
        NarrowingError: another one does.
    """

    def __init__(
        self,
        grammars: GrammarCache,
        step: str,
        schema: Mapping[str, Any],
        narrowed: Sequence[Mapping[str, Any] | None],
        *,
        pinned: bool = False,
    ) -> None:
        from llguidance import LLExecutor

        torch = import_torch()
        rows = len(narrowed)
        self._step, self._vocabulary = step, grammars.vocabulary
        self._errors = [ConstraintError if each is None else NarrowingError for each in narrowed]
        self._matchers = [grammars.start(step, schema, each) for each in narrowed]
        words = -(-grammars.vocabulary.vocab_size // _WORD)
        self._masks = torch.zeros((rows, words), dtype=torch.int32, pin_memory=pinned)
        self._executor = LLExecutor(max(1, min(rows, _THREADS, (os.cpu_count() or 1) - 1)))

    def fill_masks(self, rows: Sequence[int]) -> torch.Tensor:
        """Return which tokens may come next in some answers.

        Args:
            rows: the numbers of answers that have not ended.

        Returns:
            Bits in 32-bit integers of shape (len(rows), vocabulary / 32), the lowest first; overwritten by the next call.
        """
        from llguidance.numpy import fill_next_token_bitmask_par

        masks: torch.Tensor = self._masks[: len(rows)]
        fill_next_token_bitmask_par(
            self._executor, [(self._matchers[row], place) for place, row in enumerate(rows)], masks.numpy()
        )
        return masks

    def take(self, row: int, token: int) -> bool:
        """Go on with a token in one answer, or end it with the EOS.

        Returns:
            Whether anything but the token's text could have come; that text may be cut into tokens in several ways.

        Raises:
            ConstraintError: the grammar does not allow it, which a mask would have told, or it has failed.
            NarrowingError: the same, with a schema of the answer's own.
        """
        matcher = self._matchers[row]
        forced = matcher.compute_ff_bytes()
        if not matcher.consume_token(token):
            raise self._errors[row](f"Step {self._step!r}: constrained decoding failed: {matcher.get_error()}")
        return not forced.startswith(self._vocabulary.decode_bytes([token]))

    def is_over(self, row: int) -> bool:
        """Say whether nothing but the EOS can follow in an answer."""
        return bool(self._matchers[row].is_stopped())

    def close(self, row: int, tokens: list[int]) -> list[int]:
        """Return an answer that is cut, with the tokens that end it as the schema asks.

        Raises:
            ConstraintError: the schema asks for more than a closing can give.
        """
        return close_answer(self._matchers[row], self._vocabulary, tokens)
