"""What a step may see of a tale: gold and predictions give the same view, so training and inference ask the same question.

A gold tale knows too much. Seen from one event: earlier events as they stand; of the event itself only what earlier steps
write, never what it writes itself; later events as text only; and only the characters named so far, in order of appearance.

Seen as a whole: of every event only what the steps in ``requires`` and ``uses`` write, and the characters, in order of
appearance, where these steps say who acts.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence, Set
from copy import deepcopy
from typing import Protocol

from ft_core.story import ActionLabel, Character, Event, Relationship, Stac, Story, index_characters

__all__ = ["StoryViewer", "Viewer"]


class Viewer(Protocol):
    """Makes views of one tale."""

    def view(self, event: Event | None) -> tuple[Story, Event | None]:
        """Return the tale and the event as a step sees them; ``event`` is one of the tale's own, None the tale as a whole."""


class StoryViewer:
    """Makes the views of one tale for one step; make a new one when the tale has changed.

    Views are copies: a step that changes what it is shown changes neither the tale nor what other steps see.

    Args:
        story: the tale.
        shown: the fields of the event itself (or of every event, where the tale is seen as a whole) that the step sees.
        sources: the steps whose ``annotations`` it sees.
        without_summary: ids of the events from which the tale's summary is not seen; ``""`` for the tale as a whole.
        whole_cast: whether all characters are seen from the first event on; those that nobody has named yet come last.
    """

    def __init__(
        self,
        story: Story,
        shown: Set[str],
        sources: Collection[str] = (),
        without_summary: Container[str] = (),
        *,
        whole_cast: bool = False,
    ) -> None:
        self._story = story
        self._shown = sorted(shown - {"characters", "annotations"})
        self._sees_who_acts = bool(shown & {"agents", "targets"})
        self._sources = sources
        self._without_summary = without_summary
        self._earlier = [_copy(event) for event in story.events]
        self._later = [_bare(event) for event in story.events]
        appeared = _list_by_appearance(story)
        self._cast = [(position, _copy_character(character)) for position, character in appeared]
        self._rest = _list_rest(story, appeared) if whole_cast else []
        self._position = {id(event): position for position, event in enumerate(story.events)}

    def view(self, event: Event | None) -> tuple[Story, Event | None]:
        """Return the tale and the event as the step sees them; ``event`` is one of the tale's own, None the tale as a whole."""
        if event is None:
            return self._view_whole(), None
        here = self._position[id(event)]
        seen = self._mask(event)
        last = here if self._sees_who_acts else here - 1
        story = self._tell(event.id, last)
        story.events = [*self._earlier[:here], seen, *self._later[here + 1 :]]
        return story, seen

    def _view_whole(self) -> Story:
        story = self._tell("", len(self._story.events) if self._sees_who_acts else -1)
        story.events = [self._mask(event) for event in self._story.events]
        whole = self._story.annotations
        story.annotations = deepcopy({name: whole[name] for name in self._sources if name in whole})
        return story

    def _tell(self, place: str, last: int) -> Story:
        """Return the tale without its events, with the characters named up to the one at a position."""
        return Story(
            id=self._story.id,
            title=self._story.title,
            culture=self._story.culture,
            language=self._story.language,
            text=self._story.text,
            summary="" if place in self._without_summary else self._story.summary,
            source=self._story.source,
            characters=[
                *(character for position, character in self._cast if position <= last),
                *(character for position, character in self._rest if position > last),
            ],
        )

    def _mask(self, event: Event) -> Event:
        masked = _bare(event)
        whole = _copy(event) if self._shown or event.annotations else masked
        for name in self._shown:
            setattr(masked, name, getattr(whole, name))
        masked.annotations = {name: whole.annotations[name] for name in self._sources if name in whole.annotations}
        return masked


def _bare(event: Event) -> Event:
    return Event(event.id, event.path, event.span, event.time_order)


def _copy(event: Event) -> Event:
    """Copy an event, spelt out: every event of a tale is copied for every step, and ``dataclasses.replace`` is slow."""
    action, stac = event.action, event.stac
    return Event(
        event.id,
        event.path,
        event.span,
        event.time_order,
        [*event.agents],
        [*event.targets],
        event.target_type,
        event.object_type,
        event.instrument,
        [Relationship(tie.agent, tie.target, tie.level1, tie.level2, tie.sentiment) for tie in event.relationships],
        ActionLabel(action.category, action.type, action.context, action.status, action.function) if action else None,
        Stac(stac.situation, stac.task, stac.action, stac.consequence) if stac else None,
        event.event_type,
        event.description,
        deepcopy(event.annotations) if event.annotations else {},
    )


def _copy_character(character: Character) -> Character:
    return Character(character.name, character.aliases, character.archetype)


def _list_by_appearance(story: Story) -> list[tuple[int, Character]]:
    known = index_characters(story.characters)
    appeared: dict[int, tuple[int, Character]] = {}
    for position, event in enumerate(story.events):
        if not event.text.strip():  # no step is asked about it, so at inference nobody would be named in it
            continue
        for name in (*event.agents, *event.targets):
            character = known.get(name)
            if character is not None:
                appeared.setdefault(id(character), (position, character))
    return list(appeared.values())


def _list_rest(story: Story, appeared: Sequence[tuple[int, Character]]) -> list[tuple[int, Character]]:
    """Return all characters in the order of the list, each with where it appears; one that never does, behind all events."""
    positions = {id(character): position for position, character in appeared}
    return [(positions.get(id(each), len(story.events)), _copy_character(each)) for each in story.characters]
