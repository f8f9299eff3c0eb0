"""Whether what a step is asked about an event depends on its own answers about earlier ones.

Instead of guessing, or asking every plugin to say so, core looks: while ``build_inputs`` makes the inputs of an event, the
earlier events that still wait for the step's answer are stand-ins that note when a field that the step writes is read. If none
was, no answer to come can change the inputs, and the event can be asked about at once.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass, fields
from typing import Any

from ft_core.step import Step
from ft_core.story import Event, Story
from ft_core.view import Viewer

__all__ = ["WatchingViewer"]

_EVENT_FIELDS = tuple(field.name for field in fields(Event))
_STORY_FIELDS = tuple(field.name for field in fields(Story))
_MAKE_A_CAST = {"characters", "agents", "targets"}
"""Who is listed and named decides which characters a view shows."""


@dataclass(slots=True)
class _Watch:
    """The fields that are watched, and whether one was read."""

    fields: Set[str]
    was_read: bool = False


class _WatchedEvent(Event):
    """An event that waits for an answer."""

    __slots__ = ("_watch",)
    _watch: _Watch

    def __getattribute__(self, name: str) -> Any:
        watch = object.__getattribute__(self, "_watch")
        if name in watch.fields:
            watch.was_read = True
        return object.__getattribute__(self, name)


class _WatchedStory(Story):
    """A tale whose characters depend on answers to come."""

    __slots__ = ("_watch",)
    _watch: _Watch

    def __getattribute__(self, name: str) -> Any:
        if name == "characters":
            object.__getattribute__(self, "_watch").was_read = True
        return object.__getattribute__(self, name)


class WatchingViewer:
    """Makes views in which reading is watched.

    Args:
        viewer: makes the views.
        step: for whom.
        waiting: ids of the events that have no answer yet.
    """

    def __init__(self, viewer: Viewer, step: Step, waiting: Collection[str]) -> None:
        self._viewer = viewer
        self._waiting = waiting
        self._watch = _Watch(frozenset(step.info.writes))
        self._makes_a_cast = bool(_MAKE_A_CAST.intersection(step.info.writes))
        self._stand_ins: dict[str, _WatchedEvent] = {}

    @property
    def was_read(self) -> bool:
        """Whether, since the last view was made, a field was read that an answer to come may change."""
        return self._watch.was_read

    def view(self, event: Event | None) -> tuple[Story, Event | None]:
        """Return the tale and the event as the step sees them, watched."""
        self._watch.was_read = False
        story, seen = self._viewer.view(event)
        here = next(place for place, each in enumerate(story.events) if each is seen)
        earlier = [self._stand_in(each) if each.id in self._waiting else each for each in story.events[:here]]
        story.events[:here] = earlier
        if self._makes_a_cast and any(isinstance(each, _WatchedEvent) for each in earlier):
            return self._watch_cast(story), seen
        return story, seen

    def _stand_in(self, event: Event) -> _WatchedEvent:
        if event.id not in self._stand_ins:
            made = _WatchedEvent.__new__(_WatchedEvent)
            made._watch = self._watch
            _copy_fields(event, made, _EVENT_FIELDS)
            self._stand_ins[event.id] = made
        return self._stand_ins[event.id]

    def _watch_cast(self, story: Story) -> _WatchedStory:
        made = _WatchedStory.__new__(_WatchedStory)
        made._watch = self._watch
        _copy_fields(story, made, _STORY_FIELDS)
        return made


def _copy_fields(source: object, target: object, names: Collection[str]) -> None:
    for name in names:
        setattr(target, name, getattr(source, name))
