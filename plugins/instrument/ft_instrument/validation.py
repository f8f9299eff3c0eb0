"""What is wrong with an ``instrument`` answer that its schema does not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import Problem

if TYPE_CHECKING:
    from ft_core import Output

__all__ = ["validate_output"]


def validate_output(output: Output) -> list[Problem]:
    """Find an instrument made of blanks, which is neither a name nor the empty string that means none."""
    if output["instrument"] and not output["instrument"].strip():
        return [Problem("$.instrument", 'the name is made of blanks; "" means that there is none')]
    return []
