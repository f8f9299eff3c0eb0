"""The characters of a story written back into ``characters`` of a version 3 file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from ft_core.story import Character

__all__ = ["write_characters"]

JsonObject: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, int]


def write_characters(document: JsonObject, before: Sequence[Character], after: Sequence[Character]) -> None:
    """Change the entries whose character is another than it is read as, take out those that are gone, and add new ones.

    Args:
        document: the tale, which is changed.
        before: the characters as they are read from it.
        after: the characters that it is to have.
    """
    if before == after:
        return
    entries: list[JsonObject] = document.get("characters") or []
    was = dict(zip(_number(each.name for each in before), before, strict=True))
    now = dict(zip(_number(each.name for each in after), after, strict=True))
    written = []
    for key, entry in zip(_number(each.get("name") or "" for each in entries), entries, strict=True):
        # Reading merges entries of one name, so those go with the first; blank names and "self" are no characters.
        known = key if key in was else (key[0], 0)
        if known not in was:
            written.append(entry)
        elif known in now:
            written.append(_change(entry, was[known], now[known]))
    document["characters"] = written + [_make(each) for key, each in now.items() if key not in was]


def _number(names: Iterable[str]) -> Iterator[Key]:
    """Yield each name, and how many of the same name came before it."""
    counts: Counter[str] = Counter()
    for name in map(str.strip, names):
        yield name, counts[name]
        counts[name] += 1


def _change(entry: JsonObject, before: Character, after: Character) -> JsonObject:
    changed: JsonObject = {}
    if after.aliases != before.aliases:
        changed["alias"] = _join(after.aliases)
    if after.archetype != before.archetype:
        changed["archetype"] = after.archetype
    return entry | changed


def _make(character: Character) -> JsonObject:
    return {"name": character.name, "alias": _join(character.aliases), "archetype": character.archetype}


def _join(aliases: Iterable[str]) -> str:
    return "; ".join(aliases)
