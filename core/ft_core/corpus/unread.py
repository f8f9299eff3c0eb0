"""What a tale's file holds beyond the keys that are read: it is kept, so that writing the tale loses nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

__all__ = ["keep_unread"]

Parts = Mapping[str, Collection[str]]


def keep_unread(raw: Mapping[str, Any], read: Collection[str], objects: Parts, lists: Parts) -> dict[str, Any]:
    """Return what is not read of a JSON object, under the keys of the file; list items go by their index.

    Args:
        raw: the object in the file, its structure checked.
        read: the keys that are read whole.
        objects: the keys of objects, and which keys of theirs are read.
        lists: the keys of lists of objects, and which keys of the items are read.

    >>> tale = {"id": 7, "colour": "red", "span": {"text": "a", "page": 3}, "ties": [{"agent": "b"}, {"since": 5}]}
    >>> keep_unread(tale, {"id"}, {"span": {"text"}}, {"ties": {"agent"}})
    {'colour': 'red', 'span': {'page': 3}, 'ties': {'1': {'since': 5}}}
    """
    kept = {key: value for key, value in raw.items() if key not in read and key not in objects and key not in lists}
    for key, known in objects.items():
        if rest := _drop(raw.get(key) or {}, known):
            kept[key] = rest
    for key, known in lists.items():
        items = enumerate(raw.get(key) or ())
        if rests := {str(index): rest for index, item in items if (rest := _drop(item, known))}:
            kept[key] = rests
    return kept


def _drop(raw: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key not in known}
