"""From a step's ``output_schema`` to the texts that its answers may be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ft_core.errors import ConstraintError

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

__all__ = ["GrammarCache"]

# The one spelling that training teaches: json.dumps(ensure_ascii=False). It escapes quotes, backslashes and control characters,
# and nothing else; of these, \u0001 and its kind, which no answer needs, cannot be given.
_SPELLING = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
    "json_allowed_escapes": '"\\bfnrt',
    "json_allow_general_unicode_escapes": False,
}


class GrammarCache:
    """Grammars over one vocabulary, each compiled once."""

    def __init__(self, vocabulary: LLTokenizer) -> None:
        self.vocabulary = vocabulary
        self._compiled: dict[str, LLMatcher] = {}

    def start(self, step: str, schema: Mapping[str, Any]) -> LLMatcher:
        """Return what follows one answer of a schema token by token, from its beginning.

        Args:
            step: whose schema it is, for messages.
            schema: a JSON Schema; keys come in the order of its ``properties``.

        Raises:
            ConstraintError: the schema uses a keyword that a grammar cannot express.
        """
        text = json.dumps(schema, ensure_ascii=False)  # unsorted: the order of properties is that of an answer's keys
        if text not in self._compiled:
            self._compiled[text] = self._compile(step, text)
        return self._compiled[text].deep_copy()

    def _compile(self, step: str, schema: str) -> LLMatcher:
        from llguidance import LLMatcher

        matcher = LLMatcher(self.vocabulary, LLMatcher.grammar_from_json_schema(schema, overrides=_SPELLING), log_level=0)
        if matcher.is_error():
            raise ConstraintError(
                f"Step {step!r}: constrained decoding cannot follow its output_schema: {_first_line(matcher.get_error())}. "
                f"Leave that keyword out of the schema and check it in validate_output, or ask without constraint."
            )
        return matcher


def _first_line(text: str) -> str:
    return (text.strip() or "no reason given").splitlines()[0].rstrip(".")
