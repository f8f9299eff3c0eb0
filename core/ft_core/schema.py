"""Checking JSON values against a JSON Schema 2020-12, in the words of :class:`Problem`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ft_core.problem import Problem

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

__all__ = ["SchemaCheck", "describe_schema_fault", "resolve_ref"]

_MOST_REFS = 8


class SchemaCheck:
    """A compiled JSON Schema; calling it lists the problems of a value."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        # Slow to import, and `ft-core --help` does not need them.
        from jsonschema import Draft202012Validator
        from jsonschema_rs import Draft202012Validator as CompiledValidator
        from referencing import Registry

        # With a registry of its own the validator never fetches what a $ref names, from the network or from a file.
        self._validator: Draft202012Validator = Draft202012Validator(dict(schema), registry=Registry())
        self._compiled = CompiledValidator(dict(schema), validate_formats=False)

    def __call__(self, value: object) -> list[Problem]:
        """Return every problem of the value, sorted by where it is."""
        if self._is_plainly_valid(value):
            return []
        errors = sorted(self._validator.iter_errors(value), key=lambda error: (error.json_path, error.message))
        return [Problem(error.json_path, error.message) for error in errors]

    def _is_plainly_valid(self, value: object) -> bool:
        # Compiled and much faster; what it does not call valid, or cannot read, is for jsonschema to judge and to word.
        try:
            return self._compiled.is_valid(value)
        except ValueError:
            return False


def describe_schema_fault(schema: object) -> str | None:
    """Say why something is not the JSON Schema of an object, or return None where it is one.

    >>> describe_schema_fault({"type": "object", "properties": {"moral": {"type": "text"}}})
    "$.properties.moral.type: 'text' is not valid under any of the given schemas"
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        return '$.type: the schema must be a mapping with "type": "object"'
    try:
        Draft202012Validator.check_schema(dict(schema))
    except SchemaError as error:
        return f"{error.json_path}: {error.message}"
    return _find_dangling_ref(schema) or _describe_json_fault(schema)


def resolve_ref(root: Mapping[str, Any], node: Any) -> Any:
    """Return what a part of a schema refers to, or the part itself; None where the reference leads nowhere.

    Args:
        root: the whole schema.
        node: a part of it.

    >>> resolve_ref({"$defs": {"tie": {"type": "object"}}}, {"$ref": "#/$defs/tie"})
    {'type': 'object'}
    """
    for _ in range(_MOST_REFS):
        ref = node.get("$ref") if isinstance(node, Mapping) else None
        if not isinstance(ref, str) or not ref.startswith("#/"):
            return node
        node = root
        for key in ref[2:].split("/"):
            node = node.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(node, Mapping) else None
    return None


def _find_dangling_ref(schema: Mapping[str, Any]) -> str | None:
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    resolver = Registry[Any]().resolver_with_root(DRAFT202012.create_resource(dict(schema)))
    for ref in _refs(schema):
        try:
            resolver.lookup(ref)
        except Unresolvable:
            return f"$ref {ref!r} leads nowhere; a schema may refer to its own parts only"
    return None


def _refs(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _refs(value)


def _describe_json_fault(schema: Mapping[str, Any]) -> str | None:
    try:
        json.dumps(schema, allow_nan=False)
    except (TypeError, ValueError) as error:
        return f"it is not made of JSON values: {error}"
    return None
