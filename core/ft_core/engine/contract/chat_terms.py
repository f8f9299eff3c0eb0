"""How it is asked: the chat template, how it is rendered, and the control tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ft_core.engine.chat import Chat
from ft_core.engine.chat_template import TEMPLATE_OPTIONS
from ft_core.engine.contract.content_hash import dump_ordered, hash_text, hash_value

__all__ = ["ChatTerms", "SpecialToken", "describe_chat"]

_SPECIAL = ("bos_token", "eos_token", "pad_token", "unk_token")


@dataclass(frozen=True, slots=True)
class SpecialToken:
    """A token with a part of its own."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class ChatTerms:
    """A tokenizer and its chat template.

    Attributes:
        template: the template's text.
        template_hash: the hash of it.
        options: what it is rendered with, the thinking flag among them.
        system_role: whether it carries a system message.
        special_tokens: the tokens by their part; one that the tokenizer does not have is not there.
        control_tokens: how many tokens are added to the vocabulary.
        control_hash: the hash of their ids and texts.
    """

    template: str
    template_hash: str
    options: Mapping[str, Any]
    system_role: bool
    special_tokens: Mapping[str, SpecialToken]
    control_tokens: int
    control_hash: str


def describe_chat(chat: Chat) -> ChatTerms:
    """Return the terms of a tokenizer with its template."""
    tokenizer = chat.tokenizer
    template = tokenizer.chat_template
    text = template if isinstance(template, str) else dump_ordered(template)  # some models have several, by name
    special = {part: (getattr(tokenizer, f"{part}_id"), getattr(tokenizer, part)) for part in _SPECIAL}
    added = sorted((token, str(each)) for token, each in tokenizer.added_tokens_decoder.items())
    return ChatTerms(
        template=text,
        template_hash=hash_text(text),
        options=dict(sorted(TEMPLATE_OPTIONS.items())),
        system_role=chat.system_role,
        special_tokens={part: SpecialToken(token, str(name)) for part, (token, name) in special.items() if token is not None},
        control_tokens=len(added),
        control_hash=hash_value(added),
    )
