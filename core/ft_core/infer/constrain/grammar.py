"""From a step's ``output_schema`` to the texts that its answers may be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ft_core.engine.chat import Chat
from ft_core.errors import ConstraintError, NarrowingError
from ft_core.infer.constrain.vocabulary import make_vocabulary

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

__all__ = ["GrammarCache", "describe_fault", "write_grammar"]

# The one spelling that training teaches: json.dumps(ensure_ascii=False). It escapes quotes, backslashes and control characters,
# and nothing else; of these, \u0001 and its kind, which no answer needs, cannot be given.
_SPELLING = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
    "json_allowed_escapes": '"\\bfnrt',
    "json_allow_general_unicode_escapes": False,
}
"""How llguidance is told the one spelling of :func:`ft_core.example.dump_answer`."""


_UNFORCED = '%llguidance {"no_forcing": true}'
"""Where only one text can follow, llguidance would cut it into tokens by itself, from wherever that text begins. An answer is
cut as a whole in training, which may differ there; so each token that spells the text is allowed. It is the faster way too.
"""

_PLACE = re.compile(r"^at \d+\(\d+\): (?:failed to compile JSON schema: )?")

_KEPT = 1024  # of some 10 KB each; the schemas of questions are as many as the questions


class GrammarCache:
    """Grammars over one vocabulary, each compiled once as long as few others have been asked for since.

    Args:
        chat: how answers are tokenised in training.
        size: how many logits the model gives.

    Attributes:
        vocabulary: the tokens.
    """

    def __init__(self, chat: Chat, size: int) -> None:
        self.vocabulary: LLTokenizer = make_vocabulary(chat.tokenizer, chat.eos, size)
        # Some tokenizers, as Llama 2 has one, put a space before every text, so that training teaches it.
        self._lead = self.vocabulary.decode_str(chat.answer_ids("{}")).removesuffix("{}")
        self._compiled: dict[str, LLMatcher] = {}

    def start(self, step: str, schema: Mapping[str, Any], narrowed: Mapping[str, Any] | None = None) -> LLMatcher:
        """Return what follows one answer of a schema token by token, from its beginning.

        Args:
            step: whose schema it is, for messages.
            schema: a JSON Schema; keys come in the order of its ``properties``.
            narrowed: what stands in its place for this answer.

        Raises:
            ConstraintError: the schema uses a keyword that a grammar cannot express.
            NarrowingError: ``narrowed`` does.
        """
        asked = schema if narrowed is None else narrowed
        text = json.dumps(asked, ensure_ascii=False)  # unsorted: the order of properties is that of an answer's keys
        matcher = self._compiled.pop(text, None) or self._compile(step, asked, narrowed=narrowed is not None)
        self._compiled[text] = matcher  # the latest one is the last
        if len(self._compiled) > _KEPT:
            del self._compiled[next(iter(self._compiled))]
        return matcher.deep_copy()

    def _compile(self, step: str, schema: Mapping[str, Any], *, narrowed: bool) -> LLMatcher:
        from llguidance import LLMatcher

        matcher = LLMatcher(self.vocabulary, write_grammar(schema, self._lead), log_level=0)
        if not matcher.is_error():
            return matcher
        why = describe_fault(matcher.get_error())
        if narrowed:
            raise NarrowingError(
                f"Step {step!r}: constrained decoding cannot follow a schema that its hook 'narrow_schema' gave: {why}"
            )
        raise ConstraintError(
            f"Step {step!r}: constrained decoding cannot follow its output_schema: {why}. "
            f"Leave that keyword out of the schema and check it in validate_output, or ask without constraint."
        )


def write_grammar(schema: Mapping[str, Any], lead: str = "") -> str:
    """Return the grammar, as llguidance has it, of the one spelling of answers that fit a schema.

    Args:
        schema: a JSON Schema; keys come in the order of its ``properties``.
        lead: what stands before every answer.
    """
    from llguidance import LLMatcher

    spelled = json.dumps({**schema, "x-guidance": _SPELLING}, ensure_ascii=False)
    start = f"{json.dumps(lead)} answer" if lead else "answer"
    return str(LLMatcher.grammar_from_lark(f"{_UNFORCED}\nstart: {start}\nanswer: %json {spelled}"))


def describe_fault(error: str) -> str:
    """Return what llguidance says of a schema, without the place in the grammar around it, which nobody has seen."""
    return _PLACE.sub("", (error.strip() or "no reason given").splitlines()[0]).rstrip(".")
