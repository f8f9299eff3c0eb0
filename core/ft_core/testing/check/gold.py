"""Gold answers pass the step's own schema and rules, and are spelt as constrained decoding spells answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ft_core.example import Example, Skipped, dump_answer
from ft_core.schema import resolve_ref
from ft_core.step import INVALID_GOLD, Step
from ft_core.testing.finding import Verdict
from ft_core.testing.specimen import Specimen

__all__ = ["check_gold"]

_TOLD = 3


def check_gold(specimen: Specimen) -> Verdict:
    """Check every gold answer, once more after it was written as JSON and read again, and that nothing in it is repaired.

    Raises:
        HookError: a hook of the step fails.
    """
    problems = [*_find_refused(specimen), *_find_unreadable(specimen)]
    more = [f"and {len(problems) - _TOLD} more answers"] if len(problems) > _TOLD else []
    return Verdict(f"{len(specimen.examples)} gold answers pass schema and validate_output", [*problems[:_TOLD], *more])


def _find_refused(specimen: Specimen) -> Iterator[str]:
    for taken in specimen.items:
        if isinstance(taken.item, Skipped) and taken.item.reason.startswith(INVALID_GOLD):
            yield (
                f"{taken.place}: {taken.item.reason}. Correct what extract_examples gives, or the rule in output_schema or "
                f"validate_output that refuses it"
            )


def _find_unreadable(specimen: Specimen) -> Iterator[str]:
    for taken, example in specimen.examples:
        for problem in _judge_again(specimen.step, example):
            yield f"{taken.place}: {problem}"


def _judge_again(step: Step, example: Example) -> Iterator[str]:
    answer = json.loads(dump_answer(example.output))
    for problem in step.validate_output(answer, example.inputs):
        yield f"the answer passes as extract_examples gives it, but not once it was written as JSON: {problem}"
    repaired = step.repair_output(answer, example.inputs)
    for repair in repaired.repairs if repaired else ():
        yield (
            f"repair_output would leave something out of the gold answer ({repair}). Let it leave out only what annotators "
            f"never say, or let validate_output refuse such gold"
        )
    for path, keys, wanted in _find_disorder(answer, step.info.output_schema, step.info.output_schema, "$"):
        yield (
            f"the keys of {path} stand as {', '.join(keys)}, in output_schema as {', '.join(wanted)}. Give them in one order: "
            f"constrained decoding writes the schema's"
        )


def _find_disorder(value: Any, node: Any, root: Mapping[str, Any], path: str) -> Iterator[tuple[str, list[str], list[str]]]:
    node = resolve_ref(root, node)
    if not isinstance(node, Mapping):
        return
    if isinstance(value, dict):
        properties = node.get("properties") or {}
        keys, wanted = [key for key in value if key in properties], [key for key in properties if key in value]
        if keys != wanted:
            yield path, keys, wanted
        for key in keys:
            yield from _find_disorder(value[key], properties[key], root, f"{path}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _find_disorder(item, node.get("items"), root, f"{path}[{number}]")
