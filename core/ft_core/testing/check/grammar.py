"""The schema compiles for constrained decoding, and the grammar lets the gold answers through, narrowed or not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ft_core.example import Example, dump_answer
from ft_core.infer.constrain.grammar import describe_fault, write_grammar
from ft_core.step import Step
from ft_core.testing.finding import Verdict
from ft_core.testing.specimen import Specimen

if TYPE_CHECKING:
    from llguidance import LLTokenizer

__all__ = ["check_grammar"]

_TOLD = 3


def check_grammar(specimen: Specimen) -> Verdict:
    """Check the schemas with llguidance, byte by byte, so that no model is needed.

    Raises:
        HookError: the step's ``narrow_schema`` fails, or gives what ``output_schema`` does not allow.
    """
    if find_spec("llguidance") is None:
        return Verdict(skipped="llguidance is not installed; it comes with: pip install 'ft-core[train]'")
    from llguidance import LLTokenizer

    tokenizer = LLTokenizer("byte")
    plain = write_grammar(specimen.step.info.output_schema)
    if fault := _find_fault(plain, tokenizer):
        problem = (
            f"output_schema does not compile for constrained decoding: {fault}. Say it with simpler "
            f"keywords (type, enum, properties, items, required), and leave the rest to validate_output"
        )
        return Verdict(problems=[problem])
    problems, narrowed = [], 0
    for taken, example in specimen.examples:
        schema = specimen.step.narrow_schema(example.inputs)
        if schema is None:
            found = _try_gold(plain, "output_schema", example, tokenizer)
        else:
            narrowed += 1
            found = _try_narrowed(specimen.step, schema, example, tokenizer)
        problems += [f"{taken.place}: {problem}" for problem in found]
    told = f"the schema compiles, and lets {len(specimen.examples)} gold answers through"
    return Verdict(told + (f", {narrowed} of them narrowed" if narrowed else ""), problems[:_TOLD])


def _try_narrowed(step: Step, schema: Mapping[str, Any], example: Example, tokenizer: LLTokenizer) -> Iterator[str]:
    if json.dumps(schema) != json.dumps(step.narrow_schema(example.inputs)):
        yield "narrow_schema gave two schemas for the same inputs. Let it use nothing but its arguments"
    grammar = write_grammar(schema)
    if fault := _find_fault(grammar, tokenizer):
        yield f"what narrow_schema gives does not compile for constrained decoding: {fault}"
    else:
        yield from _try_gold(grammar, "what narrow_schema gives", example, tokenizer)


def _try_gold(grammar: str, whose: str, example: Example, tokenizer: LLTokenizer) -> Iterator[str]:
    from llguidance import LLMatcher

    text = dump_answer(example.output).encode()
    matcher = LLMatcher(tokenizer, grammar, log_level=0)
    passed = matcher.try_consume_tokens(tokenizer.tokenize_bytes(text))
    if passed < len(text) or not matcher.is_accepting():
        rest = text[passed:].decode(errors="replace")
        yield (
            f"constrained decoding could not write the gold answer from {rest!r} on. Change {whose} "
            f"or the gold so that the grammar of the one allows the other"
        )


def _find_fault(grammar: str, tokenizer: LLTokenizer) -> str:
    from llguidance import LLMatcher

    error = LLMatcher.validate_grammar(grammar, tokenizer)
    return describe_fault(error) if error else ""
