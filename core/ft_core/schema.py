"""Checking JSON values against a JSON Schema 2020-12, in the words of :class:`Problem`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ft_core.problem import Problem

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

__all__ = ["SchemaCheck", "describe_schema_fault"]


class SchemaCheck:
    """A compiled JSON Schema; calling it lists the problems of a value."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        from jsonschema import Draft202012Validator  # slow to import, and `ft-core --help` does not need it

        self._validator: Draft202012Validator = Draft202012Validator(dict(schema))

    def __call__(self, value: object) -> list[Problem]:
        """Return every problem of the value, sorted by where it is."""
        errors = sorted(self._validator.iter_errors(value), key=lambda error: (error.json_path, error.message))
        return [Problem(error.json_path, error.message) for error in errors]


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
    return None
