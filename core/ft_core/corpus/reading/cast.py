"""The characters of a tale as its annotators list them, and what the names in its events stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ft_core.corpus.reading.labels import ARCHETYPE, read_label
from ft_core.corpus.reading.record import RepairLog
from ft_core.story import Character, find_character, index_characters, split_aliases

__all__ = ["Cast", "read_cast"]

_SELF = "self"


@dataclass(slots=True)
class Cast:
    """The characters of a tale.

    Attributes:
        characters: each once, in the order of the file, without the pseudo-character ``self``.
        self_name: the listed name that ``self`` stands for; ``""`` where only the event can tell (its agent), None
            where the tale lists no ``self``.
    """

    characters: list[Character] = field(default_factory=list)
    self_name: str | None = None
    _known: dict[str, Character] = field(default_factory=dict)

    def close(self) -> None:
        """Note that all characters are listed; names are resolved after that."""
        self._known = index_characters(self.characters)

    def resolve(self, log: RepairLog, path: str, name: str | None, agents: Sequence[str] = ()) -> str:
        """Return the listed name of who is meant, or the name itself where no character goes by it.

        Args:
            log: takes the repairs.
            path: where the name stands.
            name: the name in the file.
            agents: the agents of the event, for ``self``.
        """
        stripped = log.strip(path, name)
        if stripped.casefold() == _SELF and self.self_name is not None:
            meant = self.self_name or next((agent for agent in agents if agent.casefold() != _SELF), stripped)
            if meant != stripped:
                log.add(path, "self-character", stripped, meant)
            return meant
        character = self._known.get(stripped)
        if character is None or character.name == stripped or not log.applies("alias-to-listed-name"):
            return stripped
        log.add(path, "alias-to-listed-name", stripped, character.name)
        return character.name


def read_cast(log: RepairLog, entries: Sequence[Mapping[str, Any]]) -> Cast:
    """Read ``characters`` of a tale's file: names stripped, aliases split on ``;``, one entry a name.

    Args:
        log: takes the repairs.
        entries: what the file has under ``characters``.
    """
    cast = Cast()
    pseudo: list[tuple[str, Character]] = []
    for index, entry in enumerate(entries):
        path = f"$.characters[{index}]"
        character = _read_character(log, path, entry)
        if character is None:
            log.add(path, "blank-name-left-out", dict(entry), None)
        elif character.name.casefold() == _SELF and log.applies("self-character"):
            pseudo.append((path, character))
        else:
            _add(log, path, cast, character)
    cast.close()
    for path, character in pseudo:
        cast.self_name = _find_meant(cast, character)
        log.add(path, "self-character", {"name": character.name, "alias": "; ".join(character.aliases)}, cast.self_name)
    return cast


def _read_character(log: RepairLog, path: str, entry: Mapping[str, Any]) -> Character | None:
    name = log.strip(f"{path}.name", entry.get("name"))
    if not name:
        return None
    listed = split_aliases(entry.get("alias") or "")
    aliases = tuple(alias for alias in listed if alias != name) if log.applies("alias-repeats-name") else listed
    if aliases != listed:
        log.add(f"{path}.alias", "alias-repeats-name", entry["alias"], "; ".join(aliases))
    archetype = read_label(log, f"{path}.archetype", entry.get("archetype"), ARCHETYPE)
    return Character(name, aliases, archetype)


def _add(log: RepairLog, path: str, cast: Cast, character: Character) -> None:
    first = next((each for each in cast.characters if each.name == character.name), None)
    if first is None or not log.applies("duplicate-character-merged"):
        cast.characters.append(character)
        return
    first.aliases = tuple(dict.fromkeys(first.aliases + character.aliases))
    first.archetype = first.archetype or character.archetype
    merged = {"name": first.name, "alias": "; ".join(first.aliases), "archetype": first.archetype}
    duplicate = {"name": character.name, "alias": "; ".join(character.aliases), "archetype": character.archetype}
    log.add(path, "duplicate-character-merged", duplicate, merged)


def _find_meant(cast: Cast, pseudo: Character) -> str:
    found = (find_character(cast.characters, alias) for alias in pseudo.aliases)
    names = Counter(character.name for character in found if character is not None)
    return next(iter(names), "")
