"""An annotated tale in memory: the one structure that gold and predictions share.

Label fields hold canonical names, or ``""`` where nothing is annotated. Events are in time order; ``path`` is where each
stands in its file. What ft-core does not read stays in ``document``, the JSON object that the tale was read from, in the shape
of version 3; nothing but writing the tale again looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ft_core.language_tag import primary_language

__all__ = [
    "STAC_HEADS", "ActionLabel", "Character", "Event", "Relationship", "Stac", "Story", "TextSpan", "find_character",
    "index_characters", "split_aliases",
]  # fmt: skip

_ALIAS_SEPARATOR = re.compile("[;；]")

_WITHOUT_SPACES = frozenset({"zh", "ja"})


@dataclass(frozen=True, slots=True)
class TextSpan:
    """A stretch of the tale; ``start`` and ``end`` are offsets in characters (code points), ``text`` is the truth."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class Character:
    """A character of the tale; ``archetype`` is one of :data:`ft_core.codebook.ARCHETYPES` or ``""``."""

    name: str
    aliases: tuple[str, ...] = ()
    archetype: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The listed name and then the aliases."""
        return (self.name, *self.aliases)


@dataclass(slots=True)
class Relationship:
    """The standing tie of ``agent`` to ``target``, and the agent's stance in this event."""

    agent: str
    target: str
    level1: str = ""
    level2: str = ""
    sentiment: str = ""


@dataclass(slots=True)
class ActionLabel:
    """What is done, by the code book's action categories and types."""

    category: str = ""
    type: str = ""
    context: str = ""
    status: str = ""
    function: str = ""


@dataclass(slots=True)
class Stac:
    """Situation, task, action and consequence of one event, each as the text has it, or ``""``."""

    situation: str = ""
    task: str = ""
    action: str = ""
    consequence: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether no head has a text."""
        return not (self.situation or self.task or self.action or self.consequence)


STAC_HEADS = tuple(each.name for each in fields(Stac))
"""The four heads of a STAC record, in their order."""


@dataclass(slots=True)
class Event:
    """A narrative event: a segment of the tale and its labels."""

    id: str
    path: str = "$"
    span: TextSpan | None = None
    time_order: float = 0
    agents: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    target_type: str = ""
    object_type: str = ""
    instrument: str = ""
    relationships: list[Relationship] = field(default_factory=list)
    action: ActionLabel | None = None
    stac: Stac | None = None
    event_type: str = ""
    description: str = ""
    annotations: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The segment as the tale has it, ``""`` where the event has none."""
        return self.span.text if self.span else ""


@dataclass(slots=True)
class Story:
    """An annotated tale; ``source`` is the file (or file and line) it was read from."""

    id: str
    title: str = ""
    culture: str = ""
    language: str = ""
    text: str = ""
    summary: str = ""
    source: str = ""
    characters: list[Character] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    annotations: dict[str, Any] = field(default_factory=dict)
    document: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)

    def locate(self, event_id: str) -> str:
        """Return the JSON path of an event, or ``$`` for ``""``, which stands for the tale as a whole.

        Raises:
            KeyError: the tale has no such event.

        >>> tale = Story("t", events=[Event("e1", "$.narrative_events[0]")])
        >>> tale.locate("e1"), tale.locate("")
        ('$.narrative_events[0]', '$')
        """
        return ({event.id: event.path for event in self.events} | {"": "$"})[event_id]

    @property
    def sentence_joint(self) -> str:
        """What stands between sentences that are put together: nothing in Chinese and Japanese, otherwise a blank.

        >>> Story("t", language="zh-Hant").sentence_joint, Story("t", language="en").sentence_joint
        ('', ' ')
        """
        return "" if primary_language(self.language) in _WITHOUT_SPACES else " "

    def told_events(self) -> list[Event]:
        """Return the events that have a segment, in time order."""
        return [event for event in self.events if event.text.strip()]

    def count_off(self, event: Event) -> tuple[int, int]:
        """Return the number of an event among those that have a segment, from 1 on and in time order, and how many these are.

        Raises:
            ValueError: the event is none of the tale's own, or it has no segment.

        >>> segments = {"e1": "Once there was a fox.", "e2": "", "e3": "It was never seen again."}
        >>> tale = Story("t", events=[Event(name, span=TextSpan(0, len(text), text)) for name, text in segments.items()])
        >>> tale.count_off(tale.events[2])
        (2, 2)
        """
        told = self.told_events()
        number = next((number for number, each in enumerate(told, start=1) if each is event), None)
        if number is None:
            raise ValueError(f"the event {event.id!r} is not one of this tale's events that have a segment")
        return number, len(told)


def find_character(characters: Iterable[Character], name: str) -> Character | None:
    """Return the character listed under a name, or else the only one with that alias, or None.

    An alias that several characters share stands for none of them: to choose one would be a guess.

    >>> ali, ben = Character("Ali", ("the boy", "the elder")), Character("Ben", ("the boy",))
    >>> find_character([ali, ben], "the elder").name
    'Ali'
    >>> find_character([ali, ben], "the boy") is None
    True
    >>> find_character([ali, ben, Character("the boy")], "the boy").name
    'the boy'
    """
    owners: list[Character] = []
    for character in characters:
        if character.name == name:
            return character
        if name in character.aliases:
            owners.append(character)
    return owners[0] if len(owners) == 1 else None


def index_characters(characters: Iterable[Character]) -> dict[str, Character]:
    """Return every name that stands for a character, as :func:`find_character` finds it; quicker for many names.

    >>> ali, ben = Character("Ali", ("the boy", "the elder")), Character("Ben", ("the boy",))
    >>> sorted(index_characters([ali, ben]))
    ['Ali', 'Ben', 'the elder']
    """
    listed: dict[str, Character] = {}
    owners: dict[str, list[Character]] = {}
    for character in characters:
        listed.setdefault(character.name, character)
        for alias in dict.fromkeys(character.aliases):
            owners.setdefault(alias, []).append(character)
    return {alias: found[0] for alias, found in owners.items() if len(found) == 1} | listed


def split_aliases(text: str) -> tuple[str, ...]:
    """Return the aliases that one text lists, each once; ``;`` divides them, never a comma, which is part of a name.

    >>> split_aliases(" Reynard, the sly ;; the red one；狐; Reynard, the sly")
    ('Reynard, the sly', 'the red one', '狐')
    """
    parts = (part.strip() for part in _ALIAS_SEPARATOR.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))
