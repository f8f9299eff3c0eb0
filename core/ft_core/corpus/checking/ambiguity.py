"""What a tale says in a way that more than one thing can be meant: names of two characters, events of one time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ft_core.corpus.checking.blank_label import is_placeholder
from ft_core.corpus.checking.finding import Remark, shorten
from ft_core.corpus.reading.tale import Tale
from ft_core.corpus.reading.upgrade import EVENTS_KEYS
from ft_core.story import split_aliases

__all__ = ["find_ambiguities"]


def find_ambiguities(tale: Tale) -> Iterator[Remark]:
    """Yield a remark for every alias that does not stand for its character, and every time that two events have."""
    document = tale.story.document or {}
    for path, message in _find_shared_aliases(document.get("characters") or ()):
        yield Remark(tale.places.locate(path), "shared-alias", message)
    yield from _find_repeated_times(tale, document)


def _find_shared_aliases(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    listed = [((entry.get("name") or "").strip(), split_aliases(entry.get("alias") or "")) for entry in entries]
    names = {name for name, _ in listed}
    owners: dict[str, str] = {}
    for index, (name, aliases) in enumerate(listed):
        if not name or name.casefold() == "self":  # what self stands for is another character's name on purpose
            continue
        for alias in aliases:
            owner = owners.setdefault(alias, name)
            if alias in names - {name}:
                yield f"$.characters[{index}].alias", f"the alias {shorten(alias)} stands for the character of that name"
            elif owner != name:
                message = f"the alias {shorten(alias)} is also that of {shorten(owner)}, so that it stands for neither"
                yield f"$.characters[{index}].alias", message


def _find_repeated_times(tale: Tale, document: Mapping[str, Any]) -> Iterator[Remark]:
    placeholders = {event.path for event in tale.story.events if is_placeholder(event)}
    first: dict[float, str] = {}
    for index, raw in enumerate(document.get("narrative_events") or ()):
        path = f"$.{EVENTS_KEYS[tale.version]}[{index}]"
        time = (raw or {}).get("time_order")
        if time is None or path in placeholders:
            continue
        earlier = first.setdefault(time, path)
        if earlier != path:
            message = f"time_order {time} is also that of {earlier}; their order in the file decides"
            yield Remark(f"{path}.time_order", "repeated-time-order", message)
