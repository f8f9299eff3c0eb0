"""Answers that are wrong in one place each, made of a right one: what a model may say, and a step must refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ft_core.example import Output
from ft_core.schema import resolve_ref

__all__ = ["BrokenAnswer", "Fault", "break_answer"]

Fault: TypeAlias = Literal["no object", "missing key", "extra key", "wrong type", "outside enum"]

_EXTRA_KEY = "ft_core_extra"
_OUTSIDE = "no label of any list"
_STRANGERS: tuple[Any, ...] = ("text", 17, 0.5, True, None, ["text"], {_EXTRA_KEY: "text"})


@dataclass(frozen=True, slots=True)
class BrokenAnswer:
    """A wrong answer.

    Attributes:
        fault: what kind of wrong.
        path: JSON path of what is wrong, ``[]`` for any item of a list.
        values: the same fault in several ways; a step has to refuse at least one of them (a field may be of two types).
    """

    fault: Fault
    path: str
    values: tuple[Any, ...]


def break_answer(output: Output, schema: Mapping[str, Any]) -> Iterator[BrokenAnswer]:
    """Yield wrong answers made of a right one.

    Args:
        output: the right answer.
        schema: its JSON Schema, which says where the keys of an object are fixed, and where labels are of a closed list.
    """
    whole: Any = deepcopy(dict(output))
    for value in (None, [whole], "text", 17):
        yield BrokenAnswer("no object", "$", (value,))
    yield from _Breaker(whole, schema).walk((), schema, "$")


class _Breaker:
    """Breaks one answer at each of its places."""

    def __init__(self, whole: dict[str, Any], schema: Mapping[str, Any]) -> None:
        self._whole, self._schema = whole, schema

    def walk(self, keys: tuple[str | int, ...], node: Any, path: str) -> Iterator[BrokenAnswer]:
        node = resolve_ref(self._schema, node)
        node = node if isinstance(node, Mapping) else {}
        value = self._read(keys)
        if keys:
            yield from self._exchange(keys, node, value, path)
        if isinstance(value, dict) and isinstance(node.get("properties"), Mapping):
            yield from self._change_keys(keys, node["properties"], value, path)
        elif isinstance(value, list):
            for number in range(len(value)):
                yield from self.walk((*keys, number), node.get("items"), f"{path}[]")

    def _exchange(self, keys: tuple[str | int, ...], node: Mapping[str, Any], value: Any, path: str) -> Iterator[BrokenAnswer]:
        strangers = tuple(self._put(keys, each) for each in _STRANGERS if type(each) is not type(value))
        yield BrokenAnswer("wrong type", path, strangers)
        if "enum" in node:
            yield BrokenAnswer("outside enum", path, (self._put(keys, _OUTSIDE),))

    def _change_keys(
        self, keys: tuple[str | int, ...], properties: Mapping[str, Any], value: dict[str, Any], path: str
    ) -> Iterator[BrokenAnswer]:
        yield BrokenAnswer("extra key", path, (self._put(keys, value | {_EXTRA_KEY: "text"}),))
        for key in value:
            rest = {name: each for name, each in value.items() if name != key}
            yield BrokenAnswer("missing key", f"{path}.{key}", (self._put(keys, rest),))
            yield from self.walk((*keys, key), properties.get(key), f"{path}.{key}")

    def _read(self, keys: tuple[str | int, ...]) -> Any:
        value: Any = self._whole
        for key in keys:
            value = value[key]
        return value

    def _put(self, keys: tuple[str | int, ...], new: Any) -> Any:
        if not keys:
            return new
        changed = deepcopy(self._whole)
        owner: Any = changed
        for key in keys[:-1]:
            owner = owner[key]
        owner[keys[-1]] = new
        return changed
