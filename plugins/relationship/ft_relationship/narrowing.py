"""Which ``relationship`` answers fit the event and the code book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ft_core import RELATIONSHIPS, drop_unspellable

if TYPE_CHECKING:
    from ft_core import Inputs

__all__ = ["narrow_schema"]


def narrow_schema(schema: dict[str, Any], inputs: Inputs) -> dict[str, Any]:
    """Allow only ties of a doer to a receiver, and only level 2 of the level 1 that comes before it."""
    tie = schema["properties"]["relationships"]["items"]
    for key, names in (("agent", inputs["doers"]), ("target", inputs["receivers"])):
        tie["properties"][key] |= _allow(names)
    pairs = [
        {"relationship_level1": {"const": family}, "relationship_level2": {"enum": [*kinds]}}
        for family, kinds in RELATIONSHIPS.items()
    ]
    # Each branch is whole: to make one of the tie and of what a branch adds to it takes llguidance much longer.
    branches = [tie | {"properties": tie["properties"] | pair} for pair in pairs]
    schema["properties"]["relationships"]["items"] = {"anyOf": branches}
    return schema


def _allow(names: Sequence[str]) -> dict[str, list[str]]:
    """Return the keyword that allows these names only; none where no name is there that an answer can spell."""
    spellable = [name for name in dict.fromkeys(names) if name == drop_unspellable(name)]
    return {"enum": spellable} if spellable else {}
