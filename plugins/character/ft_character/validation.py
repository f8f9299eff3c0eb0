"""What is wrong with a ``character`` answer that its schema does not see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ft_character.redundancy import find_redundancies
from ft_core import Problem

if TYPE_CHECKING:
    from ft_core import Inputs, Output

__all__ = ["validate_output"]


def validate_output(output: Output, inputs: Inputs) -> list[Problem]:
    """Find blank names, and new characters that are known already, by name or by an alias of theirs, or given twice."""
    found = find_redundancies(output["new_characters"], inputs["known_characters"])
    old = [Problem(f"$.new_characters[{each.number}].{each.key}", each.reason) for each in found]
    return [*_find_blank_names(output), *old]


def _find_blank_names(output: Output) -> Iterator[Problem]:
    named = [(f"$.{key}[{i}]", name) for key in ("doers", "receivers") for i, name in enumerate(output[key])]
    named += [(f"$.new_characters[{i}].name", new["name"]) for i, new in enumerate(output["new_characters"])]
    return (Problem(path, "the name is blank") for path, name in named if not name.strip())
