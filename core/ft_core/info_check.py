"""Checking what a step says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import get_args

from ft_core.discovery import StepEntry
from ft_core.errors import HookResultError, InvalidSchemaError, InvalidStepInfoError
from ft_core.schema import describe_schema_fault
from ft_core.step_info import Scope, StepInfo
from ft_core.story import Event
from ft_core.suggestion import did_you_mean

__all__ = ["WRITABLE_FIELDS", "check_info"]

_GIVEN = {"id", "path", "span", "time_order", "extra"}

WRITABLE_FIELDS = ("characters", *(field.name for field in fields(Event) if field.name not in _GIVEN))
"""What a step may name in ``writes``."""


def check_info(entry: StepEntry, info: object, whom: str = "") -> StepInfo:
    """Return what ``describe_step`` answered, once it is known to be usable.

    Args:
        entry: the step.
        info: the answer.
        whom: whose answer it is, where extensions have had a hand in it; else the step's.

    Raises:
        HookResultError: it is not a :class:`StepInfo`.
        InvalidStepInfoError: its scope, ``writes``, ``requires`` or ``uses`` cannot be.
        InvalidSchemaError: its ``output_schema`` is not a JSON Schema of an object.
    """
    whose = f"{entry.title}: hook 'describe_step' of {whom or entry.provider}"
    if not isinstance(info, StepInfo):
        raise HookResultError(f"{whose} answered a {type(info).__name__}; it must return a StepInfo.")
    for fault in _faults(entry, info):
        raise InvalidStepInfoError(f"{whose} {fault}")
    schema_fault = describe_schema_fault(info.output_schema)
    if schema_fault:
        raise InvalidSchemaError(
            f"{whose} gives an output_schema that is not a JSON Schema 2020-12 of an object: {schema_fault}."
        )
    return info


def _faults(entry: StepEntry, info: StepInfo) -> Iterator[str]:
    for name in ("title", "description", "primary_metric"):
        if not isinstance(getattr(info, name), str):
            yield f"gives a {name} that is not a text."
    for name in ("writes", "requires", "uses"):
        names = getattr(info, name)
        if not isinstance(names, tuple | list) or not all(isinstance(each, str) for each in names):
            yield f"gives {name}={names!r}; it must be a tuple of names, such as ('character',)."
    yield from _scope_faults(info)
    for name in info.writes:
        if name not in WRITABLE_FIELDS:
            hint = did_you_mean(name, WRITABLE_FIELDS)
            yield f"says that it writes {name!r}, which is not a field.{hint} Fields: {', '.join(WRITABLE_FIELDS)}."
    if not info.writes:
        yield "names no field that the step writes; without one its answers are lost."
    if entry.name in (*info.requires, *info.uses):
        yield "names the step itself in requires or uses; remove it there."


def _scope_faults(info: StepInfo) -> Iterator[str]:
    if info.scope not in get_args(Scope):
        yield f"gives the scope {info.scope!r}; it must be 'event' or 'story'."
    if info.scope == "story" and tuple(info.writes) != ("annotations",):
        yield f"is asked of the tale as a whole and gives writes={info.writes!r}; it must be ('annotations',)."
