"""What single tokens spell, so that the pieces add up to the text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["spell_tokens"]

_INCOMPLETE = "\N{REPLACEMENT CHARACTER}"  # how a decoder spells bytes that are not yet a character


def spell_tokens(tokenizer: PreTrainedTokenizerFast, ids: Sequence[int], control_ids: Collection[int]) -> list[str]:
    """Return the text of each token; joined they are the whole text.

    Where a character is spread over several tokens, the last of them has it and those before have ``""``.

    Args:
        tokenizer: of the base model.
        ids: a row.
        control_ids: tokens that are no ordinary text; they are spelled as the vocabulary names them.
    """
    texts: list[str] = []
    before: list[int] = []  # the tokens of the text that came last: a decoder may drop a space where a text begins
    pending: list[int] = []
    for token in ids:
        if token in control_ids:
            texts.append(_end(tokenizer, before, pending) + str(tokenizer.convert_ids_to_tokens(token)))
            before, pending = [], []
            continue
        pending.append(token)
        text = _spell(tokenizer, before, pending)
        if text.endswith(_INCOMPLETE):
            texts.append("")
        else:
            texts.append(text)
            before, pending = pending, []
    if pending:
        texts[-1] = _end(tokenizer, before, pending)
    return texts


def _end(tokenizer: PreTrainedTokenizerFast, before: list[int], pending: list[int]) -> str:
    # Bytes that never became a character are shown as the decoder shows them.
    return _spell(tokenizer, before, pending) if pending else ""


def _spell(tokenizer: PreTrainedTokenizerFast, before: list[int], ids: list[int]) -> str:
    return _decode(tokenizer, before + ids)[len(_decode(tokenizer, before)) :]


def _decode(tokenizer: PreTrainedTokenizerFast, ids: list[int]) -> str:
    return str(tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)) if ids else ""
