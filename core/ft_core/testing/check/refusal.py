"""Broken answers are refused: without this a model's slips would get into the tales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ft_core.step import Step
from ft_core.testing.broken_answer import BrokenAnswer, Fault, break_answer
from ft_core.testing.finding import Verdict
from ft_core.testing.specimen import Specimen

__all__ = ["check_refusal"]

_REMEDIES: Mapping[Fault, str] = {
    "no object": 'an answer that is no object passes. Give output_schema "type": "object"',
    "missing key": "an answer without {path} passes. Name the key in required; a blank value is an empty text",
    "extra key": 'an answer with another key in {path} passes. Say "additionalProperties": false there',
    "wrong type": "an answer with a value of any type at {path} passes. Give it a type, or an enum, in output_schema",
    "outside enum": "an answer with a label outside the enum of {path} passes. Put nothing beside the enum that lets it in",
}


def check_refusal(specimen: Specimen) -> Verdict:
    """Check that wrong answers, made of the gold ones, do not pass: each fault once at each place of the schema.

    Raises:
        HookError: a hook of the step fails, also where it takes what the schema should have refused.
    """
    seen: set[tuple[str, str, int]] = set()
    problems: list[str] = []
    for broken, passes in _try_all(specimen, seen):
        if passes:
            problems.append(_REMEDIES[broken.fault].format(path=broken.path))
    return Verdict(f"{len(seen)} broken answers, all refused", list(dict.fromkeys(problems)))


def _try_all(specimen: Specimen, seen: set[tuple[str, str, int]]) -> Iterator[tuple[BrokenAnswer, bool]]:
    for _, example in specimen.examples:
        faults: dict[tuple[str, str], int] = {}
        for broken in break_answer(example.output, specimen.step.info.output_schema):
            place = broken.fault, broken.path
            number = faults[place] = faults.get(place, -1) + 1
            # Of a list only the first item is broken; of the whole answer each way is.
            if (*place, number) not in seen and (number == 0 or broken.fault == "no object"):
                seen.add((*place, number))
                yield broken, _passes(specimen.step, broken, example.inputs)


def _passes(step: Step, broken: BrokenAnswer, inputs: Mapping[str, object]) -> bool:
    return all(not step.validate_output(value, inputs) for value in broken.values)
