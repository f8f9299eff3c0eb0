"""Which fields of a step's answers hold a label of a closed list, read off the step's JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ft_core.schema import resolve_ref

__all__ = ["ClosedField", "find_closed_fields"]


@dataclass(frozen=True, slots=True)
class ClosedField:
    """A field with a closed list of labels.

    Attributes:
        name: as people read it, such as ``relationships[].sentiment``.
        steps: the keys to it; None stands for every item of a list.
    """

    name: str
    steps: tuple[str | None, ...]

    def read(self, output: Mapping[str, Any]) -> Iterator[str]:
        """Yield the labels that an answer has there.

        >>> field = ClosedField("ties[].stance", ("ties", None, "stance"))
        >>> list(field.read({"ties": [{"stance": "hostile"}, {"stance": ""}]}))
        ['hostile', '']
        """
        values: list[Any] = [output]
        for step in self.steps:
            if step is None:
                values = [item for value in values if isinstance(value, list | tuple) for item in value]
            else:
                values = [value[step] for value in values if isinstance(value, Mapping) and step in value]
        return (value for value in values if isinstance(value, str))


def find_closed_fields(schema: Mapping[str, Any]) -> tuple[ClosedField, ...]:
    """Return the fields of a JSON Schema whose values are an ``enum`` of texts.

    >>> tie = {"type": "object", "properties": {"stance": {"enum": ["hostile", ""]}}}
    >>> find_closed_fields({"properties": {"ties": {"items": {"$ref": "#/$defs/tie"}}}, "$defs": {"tie": tie}})
    (ClosedField(name='ties[].stance', steps=('ties', None, 'stance')),)
    """
    return tuple(_walk(schema, schema, (), ()))


def _walk(root: Mapping[str, Any], node: Any, steps: tuple[str | None, ...], above: tuple[int, ...]) -> Iterator[ClosedField]:
    node = resolve_ref(root, node)
    if not isinstance(node, Mapping) or id(node) in above:  # a schema may refer to itself
        return
    above = (*above, id(node))
    labels = node.get("enum")
    if steps and labels and all(isinstance(label, str) for label in labels):
        yield ClosedField(_name(steps), steps)
    for key, child in (node.get("properties") or {}).items():
        yield from _walk(root, child, (*steps, key), above)
    if "items" in node:
        yield from _walk(root, node["items"], (*steps, None), above)


def _name(steps: tuple[str | None, ...]) -> str:
    return "".join("[]" if step is None else f".{step}" for step in steps).removeprefix(".")
