"""What is wrong with a ``character`` answer that its schema does not see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ft_core import Problem

if TYPE_CHECKING:
    from ft_core import Inputs, Output

__all__ = ["validate_output"]


def validate_output(output: Output, inputs: Inputs) -> list[Problem]:
    """Find blank names, and new characters that are known already or given twice."""
    return [*_find_blank_names(output), *_find_old_characters(output, inputs)]


def _find_blank_names(output: Output) -> Iterator[Problem]:
    named = [(f"$.{key}[{i}]", name) for key in ("doers", "receivers") for i, name in enumerate(output[key])]
    named += [(f"$.new_characters[{i}].name", new["name"]) for i, new in enumerate(output["new_characters"])]
    return (Problem(path, "the name is blank") for path, name in named if not name.strip())


def _find_old_characters(output: Output, inputs: Inputs) -> Iterator[Problem]:
    seen = {
        name: f"{name!r} is already known, as {known['name']!r}"
        for known in inputs["known_characters"]
        for name in (*known["alias"].split(";"), known["name"])
    }
    for i, new in enumerate(output["new_characters"]):
        name = new["name"].strip()
        if name in seen:
            yield Problem(f"$.new_characters[{i}].name", seen[name])
        seen.setdefault(name, f"{name!r} is given twice")
