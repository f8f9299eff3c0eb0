"""What a step may see of a tale: gold and predictions give the same view, so training and inference ask the same question.

A gold tale knows too much. Seen from one event: earlier events as they stand; of the event itself only what earlier steps
write, never what it writes itself; later events as text only; and only the characters named so far, in order of appearance.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from copy import deepcopy
from dataclasses import replace

from ft_core.story import Character, Event, Story, find_character

__all__ = ["StoryViewer"]


class StoryViewer:
    """Makes the views of one tale for one step; make a new one when the tale has changed.

    Views are copies: a step that changes what it is shown changes neither the tale nor what other steps see.

    Args:
        story: the tale.
        shown: the fields of the event itself that the step sees.
        sources: the steps whose ``annotations`` of the event it sees.
    """

    def __init__(self, story: Story, shown: Set[str], sources: Collection[str] = ()) -> None:
        self._story = story
        self._shown = shown - {"characters", "annotations"}
        self._sources = sources
        self._earlier = [_copy(event) for event in story.events]
        self._cast = _list_by_appearance(story)
        self._position = {id(event): position for position, event in enumerate(story.events)}

    def view(self, event: Event) -> tuple[Story, Event]:
        """Return the tale and the event as the step sees them; ``event`` is one of the tale's own."""
        here = self._position[id(event)]
        seen = self._mask(event)
        last = here if self._shown & {"agents", "targets"} else here - 1
        story = Story(
            id=self._story.id,
            title=self._story.title,
            culture=self._story.culture,
            language=self._story.language,
            text=self._story.text,
            summary=self._story.summary,
            source=self._story.source,
            characters=[replace(character) for position, character in self._cast if position <= last],
            events=[*self._earlier[:here], seen, *map(_bare, self._story.events[here + 1 :])],
        )
        return story, seen

    def _mask(self, event: Event) -> Event:
        whole, masked = _copy(event), _bare(event)
        for name in self._shown:
            setattr(masked, name, getattr(whole, name))
        masked.annotations = {name: whole.annotations[name] for name in self._sources if name in whole.annotations}
        return masked


def _bare(event: Event) -> Event:
    return Event(event.id, event.path, event.span, event.time_order)


def _copy(event: Event) -> Event:
    """Copy an event without its ``extra``: nobody knows what labels may be in there."""
    return replace(
        event,
        agents=[*event.agents],
        targets=[*event.targets],
        relationships=[replace(tie) for tie in event.relationships],
        action=replace(event.action) if event.action else None,
        stac=replace(event.stac) if event.stac else None,
        annotations=deepcopy(event.annotations),
        extra={},
    )


def _list_by_appearance(story: Story) -> list[tuple[int, Character]]:
    appeared: dict[int, tuple[int, Character]] = {}
    for position, event in enumerate(story.events):
        if not event.text.strip():  # no step is asked about it, so at inference nobody would be named in it
            continue
        for name in (*event.agents, *event.targets):
            character = find_character(story.characters, name)
            if character is not None:
                appeared.setdefault(id(character), (position, character))
    return list(appeared.values())
