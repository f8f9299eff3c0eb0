"""What is wrong with an ``action`` answer that its schema does not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import ACTION_TYPES, Problem

if TYPE_CHECKING:
    from ft_core import Output

__all__ = ["validate_output"]


def validate_output(output: Output) -> list[Problem]:
    """Find a type that does not belong to its category."""
    if output["type"] in ACTION_TYPES[output["category"]]:
        return []
    return [Problem("$.type", f"{output['type']!r} does not belong to {output['category']!r}")]
