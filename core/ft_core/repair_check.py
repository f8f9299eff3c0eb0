"""Checking what ``repair_output`` made of an answer: it keeps the answer's shape, and tells what it left out."""

from __future__ import annotations

import json

from ft_core.answer_repair import Repaired
from ft_core.example import Output, dump_answer
from ft_core.problem import Problem
from ft_core.schema import SchemaCheck

__all__ = ["describe_repair_fault"]


def describe_repair_fault(repaired: Repaired, given: Output, check: SchemaCheck) -> str | None:
    """Say why a repaired answer cannot stand in the place of the one that was given, or return None where it can.

    Args:
        repaired: what the hook gave.
        given: the answer as the model gave it.
        check: of the step's ``output_schema``.

    >>> check = SchemaCheck({"type": "object", "properties": {"names": {"type": "array"}}})
    >>> describe_repair_fault(Repaired({"names": []}), {"names": ["Fox"]}, check)
    'changed the answer and did not tell what it left out'
    """
    repairs = repaired.repairs
    if not isinstance(repairs, tuple) or not all(isinstance(each, Problem) for each in repairs):
        return "gave repairs that are not a tuple of Problem"
    if fault := _find_json_fault(repaired.output):
        return f"left an answer that is not made of JSON values: {fault}"
    if repaired.output == given:
        return "told of repairs and gave the answer as it was" if repairs else None
    if not repairs:
        return "changed the answer and did not tell what it left out"
    return _find_change_fault(repaired.output, given, check)


def _find_change_fault(output: Output, given: Output, check: SchemaCheck) -> str | None:
    if problems := check(output):
        return f"left an answer that does not fit output_schema: {problems[0]}"
    if len(dump_answer(output)) > len(dump_answer(given)):
        return "left an answer that is longer than the one that was given"
    return None


def _find_json_fault(output: Output) -> str | None:
    try:
        text = dump_answer(output)
        text.encode()  # half of a surrogate pair cannot be written
        # Tuples and keys that are no strings can, but are something else when they are read again.
        return None if json.loads(text) == output else "it is another one once it is written and read again"
    except (TypeError, ValueError, RecursionError) as error:
        return str(error)
