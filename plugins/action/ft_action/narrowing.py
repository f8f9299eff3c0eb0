"""Which ``action`` answers fit the code book."""

from __future__ import annotations

from typing import Any

from ft_core import ACTION_TYPES

__all__ = ["narrow_schema"]


def narrow_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Allow only types of the category that comes before them."""
    # Each branch is whole: to make one of the schema and of what a branch adds to it takes llguidance much longer.
    pairs = [{"category": {"const": category}, "type": {"enum": [*types]}} for category, types in ACTION_TYPES.items()]
    return {"type": "object", "anyOf": [schema | {"properties": schema["properties"] | pair} for pair in pairs]}
