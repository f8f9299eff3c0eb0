"""The schema compiles for constrained decoding, and the grammar lets the gold answers through."""

from __future__ import annotations

from importlib.util import find_spec

from ft_core.example import dump_answer
from ft_core.infer.constrain.grammar import SPELLING
from ft_core.testing.finding import Verdict
from ft_core.testing.specimen import Specimen

__all__ = ["check_grammar"]

_TOLD = 3


def check_grammar(specimen: Specimen) -> Verdict:
    """Check the schema with llguidance, byte by byte, so that no model is needed."""
    if find_spec("llguidance") is None:
        return Verdict(skipped="llguidance is not installed; it comes with: pip install 'ft-core[train]'")
    from llguidance import LLMatcher, LLTokenizer

    tokenizer = LLTokenizer("byte")
    try:
        grammar = LLMatcher.grammar_from_json_schema(dict(specimen.step.info.output_schema), overrides=SPELLING)
        fault = LLMatcher.validate_grammar(grammar, tokenizer)
    except ValueError as error:
        fault = str(error)
    if fault:
        problem = (
            f"output_schema does not compile for constrained decoding: {' '.join(fault.split())}. Say it with simpler "
            f"keywords (type, enum, properties, items, required), and leave the rest to validate_output"
        )
        return Verdict(problems=[problem])
    refused = []
    for taken, example in specimen.examples:
        text = dump_answer(example.output).encode()
        matcher = LLMatcher(tokenizer, grammar, log_level=0)
        passed = matcher.try_consume_tokens(tokenizer.tokenize_bytes(text))
        if passed < len(text) or not matcher.is_accepting():
            rest = text[passed:].decode(errors="replace")
            refused.append(
                f"constrained decoding could not write the gold answer of {taken.place} from {rest!r} on. Change output_schema "
                f"or the gold so that the grammar of the one allows the other"
            )
    told = f"the schema compiles, and lets {len(specimen.examples)} gold answers through"
    return Verdict(told, refused[:_TOLD])
