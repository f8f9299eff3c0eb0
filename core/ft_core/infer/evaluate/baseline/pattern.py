"""The shape of an answer: what it takes over from what the step is shown, so that one tale's answer can be given for another's.

The most frequent answer to "who stands how to whom?" is not that of Reynard to Noble, but that of the first doer to the
first receiver; and what says the same of every item of a list in the inputs has one shape, however long the list is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ft_core.corpus.closed_field import ClosedField
from ft_core.example import Inputs, Output

__all__ = ["Labels", "Pattern", "fill_pattern", "list_item_fields", "list_texts", "make_pattern"]

_FEWEST = 2
"""One item says nothing of how a list goes on."""

_Path: TypeAlias = "tuple[str | int | None, ...]"
"""Keys and numbers; None stands for the number of the item that a list is at."""

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


@dataclass(frozen=True, slots=True)
class _Each:
    """Stands in a pattern for a list that has an item for each one of the list at a path of the inputs."""

    path: _Path
    item: Any


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
    for path, text in list_texts(inputs):
        places.setdefault(text, path)
    return _Abstraction(inputs, places, {field.steps: field.name for field in fields}).abstract(output, ())


def fill_pattern(pattern: Pattern, inputs: Inputs, labels: Labels) -> Any:
    """Return the answer of a pattern for some inputs and labels, or None where it takes over what these inputs lack.

    >>> fields = (ClosedField("tie", ("tie",)),)
    >>> pattern = make_pattern({"who": "Ali", "tie": "ally"}, {"doers": ["Ali"]}, fields)
    >>> fill_pattern(pattern, {"doers": ["Ben", "Eva"]}, {"tie": "rival"})
    {'who': 'Ben', 'tie': 'rival'}
    >>> fill_pattern(pattern, {"doers": []}, {"tie": "rival"}) is None
    True

    A list of two items or more that are alike goes through the list that it took them from:

    >>> pattern = make_pattern({"bold": [{"who": "Ali"}, {"who": "Eva"}]}, {"doers": ["Ali", "Eva"]}, ())
    >>> fill_pattern(pattern, {"doers": ["Ben", "Kim", "Tom"]}, {})
    {'bold': [{'who': 'Ben'}, {'who': 'Kim'}, {'who': 'Tom'}]}
    """
    try:
        return _fill(pattern, inputs, labels, None)
    except LookupError:
        return None


def list_item_fields(pattern: Pattern, fields: Sequence[ClosedField]) -> Iterator[tuple[tuple[str, ...], list[ClosedField]]]:
    """Yield the keys of each list that goes through a list of the inputs, and the closed fields of its items.

    Lists within lists are passed over, and so are fields that are in a list within an item.
    """
    for keys in _list_going_through(pattern, ()):
        inside = [field for field in fields if field.steps[: len(keys) + 1] == (*keys, None)]
        if found := [field for field in inside if None not in field.steps[len(keys) + 1 :]]:
            yield keys, found


def _list_going_through(pattern: Pattern, keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(pattern, _Each):
        yield keys
    elif isinstance(pattern, tuple) and pattern[0] == "object":
        for key, each in pattern[1:]:
            yield from _list_going_through(each, (*keys, key))


def list_texts(value: Any, path: _Path = ()) -> Iterator[tuple[_Path, str]]:
    """Yield the texts of a JSON value that are not blank, each with the keys and numbers that lead to it."""
    if isinstance(value, str):
        if value.strip():
            yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from list_texts(each, (*path, key))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            yield from list_texts(each, (*path, number))


@dataclass(frozen=True, slots=True)
class _Abstraction:
    """What texts of an answer are taken for: where the inputs have them, and which fields are closed."""

    inputs: Inputs
    places: Mapping[str, _Path]
    fields: Mapping[tuple[str | None, ...], str]

    def abstract(self, value: Any, steps: tuple[str | None, ...]) -> Pattern:
        if steps in self.fields:
            return _Label(self.fields[steps])
        if isinstance(value, str):
            return _Place(self.places[value]) if value in self.places else value
        if isinstance(value, Mapping):
            return ("object", *((key, self.abstract(each, (*steps, key))) for key, each in value.items()))
        if isinstance(value, list | tuple):
            items = [self.abstract(each, (*steps, None)) for each in value]
            return self._join_alike(items) or ("list", *items)
        return value

    def _join_alike(self, items: Sequence[Pattern]) -> _Each | None:
        """Return what stands for all items, where each says the same of another item of one list in the inputs."""
        if len(items) < _FEWEST:
            return None
        for path in (place[:at] for place in _list_places(items[0]) for at, step in enumerate(place) if step == 0):
            joined = {_open(item, path, number) for number, item in enumerate(items)}
            if len(joined) == 1 and len(_read(self.inputs, path, None)) == len(items):
                return _Each(path, joined.pop())
        return None


def _list_places(pattern: Pattern) -> Iterator[_Path]:
    if isinstance(pattern, _Place):
        yield pattern.path
    elif isinstance(pattern, tuple):
        for each in pattern:
            yield from _list_places(each)


def _open(pattern: Pattern, path: _Path, number: int) -> Pattern:
    """Leave open which item of a list a pattern is of."""
    if isinstance(pattern, _Place) and pattern.path[: len(path) + 1] == (*path, number):
        return _Place((*path, None, *pattern.path[len(path) + 1 :]))
    return tuple(_open(each, path, number) for each in pattern) if isinstance(pattern, tuple) else pattern


def _fill(pattern: Pattern, inputs: Inputs, labels: Labels, here: int | None) -> Any:
    if isinstance(pattern, _Label):
        return labels[pattern.field]
    if isinstance(pattern, _Place):
        text = _read(inputs, pattern.path, here)
        if not isinstance(text, str):
            raise LookupError(pattern.path)
        return text
    if isinstance(pattern, _Each):
        return [_fill(pattern.item, inputs, labels, number) for number in range(len(_read(inputs, pattern.path, here)))]
    if isinstance(pattern, tuple) and pattern[0] == "object":
        return {key: _fill(each, inputs, labels, here) for key, each in pattern[1:]}
    if isinstance(pattern, tuple):
        return [_fill(each, inputs, labels, here) for each in pattern[1:]]
    return pattern


def _read(inputs: Inputs, path: _Path, here: int | None) -> Any:
    """Return what stands at a path of the inputs; None in it is the item ``here``."""
    value: Any = inputs
    for step in path:
        key = here if step is None else step
        if not isinstance(value, Mapping if isinstance(key, str) else Sequence) or isinstance(value, str):
            raise LookupError(key)
        value = value[key]  # type: ignore[index]  # a mapping by name, a sequence by number
    return value
