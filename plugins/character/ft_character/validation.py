"""What is wrong with a ``character`` answer that its schema does not see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ft_core import Problem, split_aliases

if TYPE_CHECKING:
    from ft_core import Inputs, Output

__all__ = ["validate_output"]


def validate_output(output: Output, inputs: Inputs) -> list[Problem]:
    """Find blank names, and new characters that are known already, by name or by an alias of theirs, or given twice."""
    return [*_find_blank_names(output), *_find_old_characters(output, inputs)]


def _find_blank_names(output: Output) -> Iterator[Problem]:
    named = [(f"$.{key}[{i}]", name) for key in ("doers", "receivers") for i, name in enumerate(output[key])]
    named += [(f"$.new_characters[{i}].name", new["name"]) for i, new in enumerate(output["new_characters"])]
    return (Problem(path, "the name is blank") for path, name in named if not name.strip())


def _find_old_characters(output: Output, inputs: Inputs) -> Iterator[Problem]:
    known = inputs["known_characters"]
    owners = {alias: each["name"] for each in known for alias in split_aliases(each["alias"])}
    owners |= {each["name"]: each["name"] for each in known}  # a listed name comes before an alias
    given: set[str] = set()
    for i, new in enumerate(output["new_characters"]):
        name = new["name"].strip()
        places = [("name", name), *(("alias", alias) for alias in split_aliases(new["alias"]))]
        for key, old in places:
            if old in owners:
                yield Problem(f"$.new_characters[{i}].{key}", f"{old!r} is already known, as {owners[old]!r}")
        if name in given:
            yield Problem(f"$.new_characters[{i}].name", f"{name!r} is given twice")
        given.add(name)
