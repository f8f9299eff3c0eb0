"""What is superfluous in a model's list of new characters is left out of it, and the rest of its answer is used."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from ft_character.redundancy import Redundancy, find_redundancies
from ft_core import Problem, Repaired, split_aliases

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["repair_output"]


def repair_output(output: dict[str, Any], inputs: Inputs) -> Repaired | None:
    """Leave out new characters that are known, or given twice, of which the first stays, and aliases of known characters.

    Who is listed is not listed again when an answer is written into the tale, and an alias of two characters stands for none.
    """
    found = list(find_redundancies(output["new_characters"], inputs["known_characters"]))
    if not found:
        return None
    old = {each.number for each in found if each.key == "name"}
    told = [each for each in found if each.key == "name" or each.number not in old]
    aliases = {(each.number, each.text) for each in told if each.key == "alias"}
    new = [_leave_out(each, i, aliases) for i, each in enumerate(output["new_characters"]) if i not in old]
    return Repaired({**output, "new_characters": new}, tuple(_describe(each) for each in told))


def _leave_out(new: Mapping[str, Any], number: int, aliases: Set[tuple[int, str]]) -> dict[str, Any]:
    listed = split_aliases(new["alias"])
    kept = [alias for alias in listed if (number, alias) not in aliases]
    return {**new, "alias": ";".join(kept)} if len(kept) < len(listed) else {**new}


def _describe(found: Redundancy) -> Problem:
    key = ".alias" if found.key == "alias" else ""
    return Problem(f"$.new_characters[{found.number}]{key}", f"{found.reason}; left out")
