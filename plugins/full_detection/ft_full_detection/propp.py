"""Propp's functions by their codes: what the pipeline asks ``event_type`` for, while tales and scores have the names."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, overload

from ft_core import OTHER, PROPP_FUNCTIONS, Example
from ft_full_detection.prompts_module import load_prompts

if TYPE_CHECKING:
    from ft_core import Answer, Event, Output, ScoreSheet, Skipped, StepInfo

__all__ = ["CODES", "apply_output", "describe_step", "extract_examples", "score_outputs"]

CODES: Mapping[str, str] = MappingProxyType({**PROPP_FUNCTIONS, OTHER: OTHER})
"""The code of each label; ``OTHER`` has none and stays."""

_NAMES = {code: name for name, code in CODES.items()}


def describe_step(step: str) -> Generator[None, StepInfo, StepInfo]:
    """Let ``event_type`` answer with codes; the module with prompts is looked for here, so that a fault of it is told first."""
    info = yield
    if not _is_asked_for_codes(step):
        return info
    properties = dict(info.output_schema["properties"])
    properties["event_type"] = {"enum": [CODES[name] for name in properties["event_type"]["enum"]]}
    return replace(info, output_schema={**info.output_schema, "properties": properties})


def extract_examples(step: str) -> Generator[None, Iterator[Example | Skipped], Iterator[Example | Skipped]]:
    """Make the codes the gold answers."""
    items = yield
    return _with_codes(items) if _is_asked_for_codes(step) else items


def apply_output(step: str, event: Event, output: Output) -> Generator[None, bool, bool]:
    """Write the name of the function into the tale, where the step has written the code."""
    done = yield
    if _is_asked_for_codes(step):
        event.event_type = _NAMES[output["event_type"]]
    return done


def score_outputs(step: str, answers: list[Answer]) -> Generator[None, ScoreSheet, ScoreSheet]:
    """Let the step score names, as it does without this extension."""
    if _is_asked_for_codes(step):
        answers[:] = [replace(each, expected=_name(each.expected), predicted=_name(each.predicted)) for each in answers]
    return (yield)


def _is_asked_for_codes(step: str) -> bool:
    return load_prompts() is not None and step == "event_type"


def _with_codes(items: Iterable[Example | Skipped]) -> Iterator[Example | Skipped]:
    for item in items:
        if isinstance(item, Example):
            yield replace(item, output={**item.output, "event_type": CODES[item.output["event_type"]]})
        else:
            yield item


@overload
def _name(output: Output) -> Output: ...
@overload
def _name(output: None) -> None: ...
def _name(output: Output | None) -> Output | None:
    return None if output is None else {**output, "event_type": _NAMES[output["event_type"]]}
