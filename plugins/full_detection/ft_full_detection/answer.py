"""The answers that the pipeline asks for in a form of its own: codes of Propp's functions, and STAC records."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ft_core import Example
from ft_full_detection.prompts_module import load_prompts
from ft_full_detection.propp import ask_for_codes, name_function, read_function, write_code
from ft_full_detection.stac_record import ask_for_record, list_records

if TYPE_CHECKING:
    from ft_core import Answer, Event, InputsOf, Output, ScoreSheet, Skipped, StepInfo, Story

__all__ = ["apply_output", "describe_step", "extract_examples", "score_outputs"]

_CODES, _RECORDS = "event_type", "stac"


def describe_step(step: str) -> Generator[None, StepInfo, StepInfo]:
    """Let steps answer as the pipeline does. The module with prompts is looked for here, so that its faults are told first."""
    info = yield
    if load_prompts() is None:
        return info
    if step == _CODES:
        return ask_for_codes(info)
    return ask_for_record(info) if step == _RECORDS else info


def extract_examples(
    step: str, story: Story, inputs_of: InputsOf
) -> Generator[None, Iterator[Example | Skipped], Iterator[Example | Skipped]]:
    """Make codes and records the gold answers."""
    items = yield
    if _is_asked(step, _CODES):
        return (write_code(item) if isinstance(item, Example) else item for item in items)
    if _is_asked(step, _RECORDS):
        return list_records(items, story, inputs_of)
    return items


def apply_output(step: str, event: Event, output: Output) -> Generator[None, bool, bool]:
    """Write the name of the function into the tale, where the step has written the code."""
    done = yield
    if _is_asked(step, _CODES):
        event.event_type = read_function(output)
    return done


def score_outputs(step: str, answers: list[Answer]) -> Generator[None, ScoreSheet, ScoreSheet]:
    """Let the step score names, as it does without this extension."""
    if _is_asked(step, _CODES):
        answers[:] = [
            replace(each, expected=name_function(each.expected), predicted=each.predicted and name_function(each.predicted))
            for each in answers
        ]
    return (yield)


def _is_asked(step: str, other: str) -> bool:
    return step == other and load_prompts() is not None
