"""Taking a step's answers out of a tale, so that the tale is as it was before the step ran."""

from __future__ import annotations

from ft_core.infer.pipeline.written_field import list_fields
from ft_core.step import Step
from ft_core.story import Event, Story

__all__ = ["clear_event", "clear_step"]


def clear_step(story: Story, step: Step) -> None:
    """Blank the fields that a step writes, in all events of a tale; a step that writes ``characters`` leaves none."""
    story.annotations.pop(step.name, None)
    if "characters" in step.info.writes:
        story.characters = []
    for event in story.events:
        clear_event(event, step)


def clear_event(event: Event, step: Step) -> None:
    """Blank the fields that a step writes in one event."""
    blank = Event(event.id)
    for field in list_fields(step):
        setattr(event, field, getattr(blank, field))
    if "annotations" in step.info.writes:
        event.annotations.pop(step.name, None)
