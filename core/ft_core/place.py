"""What a step is asked about: an event, or None for the tale as a whole."""

from __future__ import annotations

from ft_core.example import Skipped
from ft_core.story import Event, Story

__all__ = ["id_of", "path_of", "skip_unmentioned"]


def id_of(event: Event | None) -> str:
    """Return the ``event_id`` of examples of a place, which is ``""`` for the tale as a whole.

    >>> id_of(Event("e1")), id_of(None)
    ('e1', '')
    """
    return event.id if event else ""


def path_of(event: Event | None) -> str:
    """Return the JSON path of a place in the tale's file."""
    return event.path if event else "$"


def skip_unmentioned(story: Story, event: Event | None) -> Skipped:
    """Return the reason for a place that a step gave neither an example nor a reason for."""
    what = "event" if event else "tale"
    return Skipped(story.id, id_of(event), path_of(event), f"the step said nothing of this {what}")
