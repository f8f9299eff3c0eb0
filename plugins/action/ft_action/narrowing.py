"""Which ``action`` answers fit the code book."""

from __future__ import annotations

from typing import Any

from ft_core import ACTION_TYPES

__all__ = ["narrow_schema"]


def narrow_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Allow only types of the category that comes before them."""
    pairs = [{"category": {"const": category}, "type": {"enum": [*types]}} for category, types in ACTION_TYPES.items()]
    return schema | {"anyOf": [{"properties": pair} for pair in pairs]}
