"""What a step may see of a tale: gold and predictions give the same view, so training and inference ask the same question.

A gold tale knows too much. Seen from one event: earlier events as they stand; of the event itself only what earlier steps
write; later events as text only; and only the characters named so far, in order of appearance.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from ft_core.story import Character, Event, Story, find_character

__all__ = ["StoryViewer"]


class StoryViewer:
    """Makes the views of one tale for one step; make a new one when the tale has changed.

    Args:
        story: the tale.
        shown: the fields of the event itself that the step sees.
    """

    def __init__(self, story: Story, shown: Set[str]) -> None:
        self._story = story
        self._shown = shown
        self._bare = [Event(event.id, event.path, event.span, event.time_order) for event in story.events]
        self._cast = _list_by_appearance(story)
        self._position = {id(event): position for position, event in enumerate(story.events)}

    def view(self, event: Event) -> tuple[Story, Event]:
        """Return the tale and the event as the step sees them; ``event`` is one of the tale's own."""
        here = self._position[id(event)]
        seen = replace(self._bare[here], **{name: getattr(event, name) for name in self._shown if name != "characters"})
        last = here if self._shown & {"agents", "targets"} else here - 1
        story = Story(
            id=self._story.id,
            title=self._story.title,
            culture=self._story.culture,
            language=self._story.language,
            text=self._story.text,
            summary=self._story.summary,
            source=self._story.source,
            characters=[character for position, character in self._cast if position <= last],
            events=[*self._story.events[:here], seen, *self._bare[here + 1 :]],
        )
        return story, seen


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
