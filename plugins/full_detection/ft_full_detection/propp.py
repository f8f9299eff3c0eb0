"""Propp's functions by their codes: what the pipeline asks ``event_type`` for, while tales and scores have the names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ft_core import OTHER, PROPP_FUNCTIONS

if TYPE_CHECKING:
    from ft_core import Example, Output, StepInfo

__all__ = ["CODES", "ask_for_codes", "name_function", "read_function", "write_code"]

CODES: Mapping[str, str] = MappingProxyType({**PROPP_FUNCTIONS, OTHER: OTHER})
"""The code of each label; ``OTHER`` has none and stays."""

_NAMES = {code: name for name, code in CODES.items()}


def ask_for_codes(info: StepInfo) -> StepInfo:
    """Let the step answer with codes."""
    properties = dict(info.output_schema["properties"])
    properties["event_type"] = {"enum": [CODES[name] for name in properties["event_type"]["enum"]]}
    return replace(info, output_schema={**info.output_schema, "properties": properties})


def write_code(example: Example) -> Example:
    """Put the code into the gold answer."""
    return replace(example, output={**example.output, "event_type": CODES[example.output["event_type"]]})


def read_function(output: Output) -> str:
    """Return the name of the function that an answer has the code of."""
    return _NAMES[output["event_type"]]


def name_function(output: Output) -> Output:
    """Return an answer with the name in the place of the code."""
    return {**output, "event_type": read_function(output)}
