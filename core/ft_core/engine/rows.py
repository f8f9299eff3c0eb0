"""Rows: what the model sees of one example, and which of its tokens it learns."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ft_core.config import FineTuneConfig
from ft_core.engine.chat import Chat
from ft_core.errors import NoTrainedTokensError, RowTooLongError, TrainingError
from ft_core.example import TrainingText, name_place

__all__ = ["IGNORED", "Row", "Rows", "count_tokens", "make_rows", "tell_longest"]

logger = logging.getLogger(__name__)

IGNORED = -100
"""The label of a token that is not learnt; PyTorch's cross-entropy leaves it out."""

_SHOWN = 5  # of the rows that are too long


@dataclass(frozen=True, slots=True)
class Row:
    """One example as token ids: the prompt, the answer, and the EOS that ends it.

    Attributes:
        input_ids: the whole row.
        prompt_length: how many of them are the prompt, which is shown and not learnt.
        story_id, event_id: where the example comes from.
    """

    input_ids: tuple[int, ...]
    prompt_length: int
    story_id: str
    event_id: str

    @property
    def trained(self) -> int:
        """The number of tokens that are learnt."""
        return len(self.input_ids) - self.prompt_length

    @property
    def labels(self) -> list[int]:
        """The ids that are learnt, with :data:`IGNORED` in place of the prompt's."""
        return [IGNORED] * self.prompt_length + list(self.input_ids[self.prompt_length :])


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a step's training texts, in their order.

    Attributes:
        rows: what is trained on.
        too_long: how many texts were left out because ``too_long`` is ``skip``.
    """

    rows: tuple[Row, ...]
    too_long: int = 0

    @property
    def tokens(self) -> int:
        """The number of tokens in one epoch."""
        return sum(len(row.input_ids) for row in self.rows)

    @property
    def trained_tokens(self) -> int:
        """The number of tokens that are learnt in one epoch."""
        return sum(row.trained for row in self.rows)

    @property
    def longest(self) -> int:
        """The length of the longest row in tokens."""
        return max((len(row.input_ids) for row in self.rows), default=0)

    @property
    def longest_answer(self) -> int:
        """The length of the longest answer in tokens, with its EOS."""
        return max((row.trained for row in self.rows), default=0)


def make_rows(chat: Chat, step: str, texts: Sequence[TrainingText], config: FineTuneConfig, context: int | None) -> Rows:
    """Tokenise a step's texts; no row is ever cut.

    Args:
        chat: the base model's tokenizer and template.
        step: the step's name, for messages.
        texts: prompts and answers.
        config: for ``max_seq_length`` and ``too_long``.
        context: the base model's context in tokens, None where it has no limit.

    Raises:
        NoTrainedTokensError: an answer is empty.
        RowTooLongError: some rows are over the limit, and they are not to be skipped.
        TrainingError: ``max_seq_length`` is more than the base model's context.
    """
    limit = _limit(config.max_seq_length, context)
    rows = [_make_row(chat, step, text) for text in texts]
    kept = tuple(row for row in rows if limit is None or len(row.input_ids) <= limit)
    left_out = [row for row in rows if limit is not None and len(row.input_ids) > limit]
    if left_out and limit is not None:
        if config.too_long == "error":
            raise _too_long(step, left_out, limit, is_set=config.max_seq_length is not None)
        logger.warning(
            "Step %s: %d of %d rows are longer than %d tokens and were skipped.", step, len(left_out), len(rows), limit
        )
    return Rows(kept, len(left_out))


def tell_longest(step: str, rows: Rows, config: FineTuneConfig) -> None:
    """Say how long a step's training rows are, where no limit is set."""
    if config.max_seq_length is None and rows.rows:
        logger.info("Step %s: max_seq_length is not set; it is %d, the longest row.", step, rows.longest)


def count_tokens(chat: Chat, text: TrainingText) -> int:
    """Return how many tokens the row of a text has."""
    return len(chat.prompt_ids(text.prompt)) + len(chat.answer_ids(text.completion)) + 1


def _limit(wanted: int | None, context: int | None) -> int | None:
    if wanted is not None and context is not None and wanted > context:
        raise TrainingError(f"max_seq_length is {wanted}, but the base model's context has {context} tokens. Set it lower.")
    return wanted or context


def _make_row(chat: Chat, step: str, text: TrainingText) -> Row:
    prompt, answer = chat.prompt_ids(text.prompt), chat.answer_ids(text.completion)
    if not answer:
        raise NoTrainedTokensError(
            f"Step {step!r}: the answer of {name_place(text.story_id, text.event_id)} is empty; there is nothing to learn. "
            f"Correct the example or leave it out."
        )
    return Row((*prompt, *answer, chat.eos), len(prompt), text.story_id, text.event_id)


def _too_long(step: str, rows: Sequence[Row], limit: int, *, is_set: bool) -> RowTooLongError:
    whose = "max_seq_length" if is_set else "the base model's context"
    first = "Raise --max-seq-length within the base's context, skip" if is_set else "Skip"
    lines = [f"  - {name_place(row.story_id, row.event_id)}: {len(row.input_ids)} tokens" for row in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        lines.append(f"  - and {len(rows) - _SHOWN} more")
    return RowTooLongError(
        f"Step {step!r}: {len(rows)} rows are longer than {limit} tokens ({whose}):\n" + "\n".join(lines) + "\n"
        f"{first} them with --too-long skip, or choose a base with more context."
    )
