"""Tokenising text in which nothing is a control token, whatever it spells."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

__all__ = ["PlainText", "is_blank_token"]

_BLANK = " \t\r\n\u2581"  # U+2581 stands for a space in vocabularies made by SentencePiece


class PlainText:
    """A model's vocabulary without its control tokens: ``<|im_end|>`` in a tale stays seven or so ordinary tokens."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        rules = json.loads(tokenizer.backend_tokenizer.to_str())
        self.control_ids = {token["id"] for token in rules["added_tokens"] if not is_blank_token(token)}
        # Runs of blanks that are added tokens control nothing, and ordinary text is tokenised with them.
        rules["added_tokens"] = [token for token in rules["added_tokens"] if is_blank_token(token)]
        self._opening = _tokenizer_of(rules)
        # Reading a vocabulary takes a third of a second, and most have nothing that stands at the start alone.
        self._following = _tokenizer_of(rules) if _never_prepend(rules) else self._opening

    def encode(self, text: str, *, opens: bool = False) -> list[int]:
        """Return the ids of a text.

        Args:
            text: ordinary text.
            opens: whether it stands at the very start of a row, where some tokenizers put a space before it.
        """
        tokenizer = self._opening if opens else self._following
        return list(tokenizer.encode(text, add_special_tokens=False).ids)


def is_blank_token(token: dict[str, Any]) -> bool:
    """Say whether an added token, as ``tokenizer.json`` has it, is a run of blanks, which controls nothing."""
    return not token["special"] and not token["content"].strip(_BLANK)


def _tokenizer_of(rules: dict[str, Any]) -> Tokenizer:
    from tokenizers import Tokenizer

    return Tokenizer.from_str(json.dumps(rules))


def _never_prepend(rules: dict[str, Any]) -> bool:
    """Take out what puts a space before a row; say whether there was any."""
    prepending = [part for part in _parts(rules.get("pre_tokenizer")) if part.get("prepend_scheme") == "first"]
    for part in prepending:
        part["prepend_scheme"] = "never"
    return bool(prepending)


def _parts(rule: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    if rule is not None:
        yield rule
        for part in rule.get("pretokenizers", ()):
            yield from _parts(part)
