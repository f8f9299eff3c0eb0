"""A base model's tokens as a grammar sees them: the bytes of each, and which of them end an answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ft_core.engine.plain_text import is_blank_token

if TYPE_CHECKING:
    from llguidance import LLTokenizer
    from transformers import PreTrainedTokenizerFast

__all__ = ["make_vocabulary"]


def make_vocabulary(tokenizer: PreTrainedTokenizerFast, eos: int, size: int) -> LLTokenizer:
    """Return a tokenizer's vocabulary, in which no added token is text.

    A tokenizer may have added tokens that it does not call special, such as ``<think>``. Answers are trained without them
    (:class:`ft_core.engine.plain_text.PlainText`), so a constrained answer has none either; only runs of blanks stay.

    Args:
        tokenizer: a fast one.
        eos: the id of the token that ends an answer.
        size: how many logits the model gives, which may be more than the tokenizer has tokens.
    """
    from llguidance import LLTokenizer

    rules = json.loads(tokenizer.backend_tokenizer.to_str())
    rules |= {"padding": None, "truncation": None}
    for token in rules["added_tokens"]:
        token["special"] = not is_blank_token(token)
    return LLTokenizer(json.dumps(rules), n_vocab=size, eos_token=eos)
