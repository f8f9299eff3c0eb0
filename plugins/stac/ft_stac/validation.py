"""What is wrong with a ``stac`` answer that its schema does not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import Problem

if TYPE_CHECKING:
    from ft_core import Output

__all__ = ["validate_output"]


def validate_output(output: Output) -> list[Problem]:
    """Find a record that says nothing under any of its four heads."""
    if any(text.strip() for text in output.values()):
        return []
    return [Problem("$", "situation, task, action and consequence are all empty; at least one must be set")]
