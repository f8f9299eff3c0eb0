"""A chat template as a sequence of control tokens and of ordinary text with gaps for the prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ft_core.errors import ChatTemplateError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = [
    "ANSWER",
    "SYSTEM",
    "TEMPLATE_OPTIONS",
    "USER",
    "Message",
    "Piece",
    "render",
    "set_missing_template",
    "split_rendered",
]

Message: TypeAlias = dict[str, str]
"""A message as chat templates take it: ``role`` and ``content``."""

Piece: TypeAlias = int | str
"""A control token's id, or ordinary text that may hold placeholders."""

SYSTEM, USER, ANSWER = "\ue000S\ue001", "\ue000U\ue001", "\ue000A\ue001"
"""Placeholders; the characters around the letters are for private use and in no tokenizer's rules."""

# Qwen3 and its kind think unless told not to; Llama 3 writes today's date into the prompt unless given one, and a prompt
# must be the same bytes on every day.
TEMPLATE_OPTIONS = {"enable_thinking": False, "date_string": "26 Jul 2024"}
"""What every template is rendered with, in training and at inference."""

_CHATML = """\
{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}\
{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"""


def set_missing_template(tokenizer: PreTrainedTokenizerFast) -> bool:
    """Give a tokenizer without a chat template a ChatML one; return whether it needed one.

    Where the vocabulary lacks ChatML's tokens they are ordinary text, and the answer ends with the tokenizer's own EOS.
    """
    if tokenizer.chat_template:
        return False
    ids = tokenizer("a").input_ids
    opens_with_bos = bool(ids) and ids[0] == tokenizer.bos_token_id
    tokenizer.chat_template = ("{{ bos_token }}" if opens_with_bos else "") + _CHATML
    return True


def render(tokenizer: PreTrainedTokenizerFast, messages: Sequence[Message], *, asks: bool = True) -> str | None:
    """Return messages as the template spells them, or None where it refuses them or drops the content of one.

    Args:
        tokenizer: its ``chat_template`` is used.
        messages: in the order in which they were said.
        asks: whether the text ends with the opening of the assistant's turn.
    """
    from jinja2 import TemplateError

    try:
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=asks, **TEMPLATE_OPTIONS)
    except TemplateError:
        return None
    return str(text) if all(message["content"] in text for message in messages) else None


@dataclass(frozen=True, slots=True)
class _Control:
    id: int
    start: int
    end: int


def split_rendered(tokenizer: PreTrainedTokenizerFast, text: str, control_ids: set[int]) -> list[Piece]:
    """Cut rendered text at its control tokens, exactly where the tokenizer itself would cut it.

    The tokenizer's own offsets are used, because a control token may take the blanks beside it along.

    Raises:
        ChatTemplateError: a placeholder was lost, so that no prompt could be put in its place.
    """
    encoding = tokenizer.backend_tokenizer.encode(text, add_special_tokens=False)
    found = [_Control(token, *span) for token, span in zip(encoding.ids, encoding.offsets, strict=True) if token in control_ids]
    pieces: list[Piece] = []
    at = 0
    for control in found:
        pieces += [text[at : control.start], control.id]
        at = control.end
    pieces.append(text[at:])
    kept = "".join(piece for piece in pieces if isinstance(piece, str))
    if any(mark in text and mark not in kept for mark in (SYSTEM, USER, ANSWER)):
        raise ChatTemplateError("The chat template puts a message inside a control token. Choose another base model.")
    return [piece for piece in pieces if piece != ""]
