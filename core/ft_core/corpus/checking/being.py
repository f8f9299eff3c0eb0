"""Whether a name in an event is certainly that of somebody who acts or feels."""

from __future__ import annotations

from collections.abc import Mapping

from ft_core.story import Character

__all__ = ["is_being"]


def is_being(name: str, known: Mapping[str, Character]) -> bool:
    """Say whether a name is that of a character with a part in the tale; things are listed too, but as ``Other`` or as nothing.

    Args:
        name: a name in an event.
        known: the tale's characters by name.

    >>> known = {"Fox": Character("Fox", (), "Hero"), "comb": Character("comb", (), "Other")}
    >>> is_being("Fox", known), is_being("comb", known), is_being("river", known)
    (True, False, False)
    """
    character = known.get(name)
    return character is not None and character.archetype not in ("", "Other")
