"""The shape of an answer: what it takes over from what the step is shown, so that one tale's answer can be given for another's.

The most frequent answer to "who stands how to whom?" is not that of Reynard to Noble, but that of the first doer to the
first receiver.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ft_core.corpus.closed_field import ClosedField
from ft_core.example import Inputs, Output

__all__ = ["Labels", "Pattern", "fill_pattern", "make_pattern"]

_Path: TypeAlias = "tuple[str | int, ...]"

Labels: TypeAlias = Mapping[str, str]
"""A label for each closed field, by the field's name."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Stands in a pattern for the text at a path of the inputs."""

    path: _Path


@dataclass(frozen=True, slots=True)
class _Label:
    """Stands in a pattern for the label of a closed field."""

    field: str


Pattern: TypeAlias = Any
"""JSON values with places and labels among them; lists and objects are tuples, so that patterns can be counted."""


def make_pattern(output: Output, inputs: Inputs, fields: Sequence[ClosedField]) -> Pattern:
    """Return the pattern of an answer.

    Args:
        output: the answer.
        inputs: what the step was shown; without any, texts stay as they are.
        fields: the closed fields of the step, whose labels are left open.
    """
    places: dict[str, _Path] = {}
    for path, text in _list_texts(inputs, ()):
        places.setdefault(text, path)
    return _abstract(output, (), places, {field.steps: field.name for field in fields})


def fill_pattern(pattern: Pattern, inputs: Inputs, labels: Labels) -> Any:
    """Return the answer of a pattern for some inputs and labels, or None where it takes over what these inputs lack.

    >>> fields = (ClosedField("tie", ("tie",)),)
    >>> pattern = make_pattern({"who": "Ali", "tie": "ally"}, {"doers": ["Ali"]}, fields)
    >>> fill_pattern(pattern, {"doers": ["Ben", "Eva"]}, {"tie": "rival"})
    {'who': 'Ben', 'tie': 'rival'}
    >>> fill_pattern(pattern, {"doers": []}, {"tie": "rival"}) is None
    True
    """
    try:
        return _fill(pattern, inputs, labels)
    except LookupError:
        return None


def _list_texts(value: Any, path: _Path) -> Iterator[tuple[_Path, str]]:
    if isinstance(value, str):
        if value.strip():
            yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _list_texts(each, (*path, key))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from _list_texts(each, (*path, number))


def _abstract(
    value: Any, steps: tuple[str | None, ...], places: Mapping[str, _Path], fields: Mapping[tuple[str | None, ...], str]
) -> Any:
    if steps in fields:
        return _Label(fields[steps])
    if isinstance(value, str):
        return _Place(places[value]) if value in places else value
    if isinstance(value, Mapping):
        return ("object", *((key, _abstract(each, (*steps, key), places, fields)) for key, each in value.items()))
    if isinstance(value, list | tuple):
        return ("list", *(_abstract(each, (*steps, None), places, fields) for each in value))
    return value


def _fill(pattern: Pattern, inputs: Inputs, labels: Labels) -> Any:
    if isinstance(pattern, _Label):
        return labels[pattern.field]
    if isinstance(pattern, _Place):
        return _read(inputs, pattern.path)
    if isinstance(pattern, tuple) and pattern[0] == "object":
        return {key: _fill(each, inputs, labels) for key, each in pattern[1:]}
    if isinstance(pattern, tuple):
        return [_fill(each, inputs, labels) for each in pattern[1:]]
    return pattern


def _read(inputs: Inputs, path: _Path) -> str:
    value: Any = inputs
    for step in path:
        if not isinstance(value, Mapping if isinstance(step, str) else Sequence) or isinstance(value, str):
            raise LookupError(step)
        value = value[step]  # type: ignore[index]  # a mapping by name, a sequence by number
    if not isinstance(value, str):
        raise LookupError(path)
    return value
