"""Asking the installed steps about tales that a test makes."""

from __future__ import annotations

from functools import cache
from typing import Any

from ft_core import Event, Example, Inputs, Story
from ft_core.step import Step, load_steps
from tests.tales import make_event, make_tale, read_story

__all__ = ["STEPS", "ask", "get_step", "gold", "problems", "story_of", "why_not"]

STEPS = ("character", "instrument", "action", "relationship", "stac", "event_type")


@cache
def get_step(name: str) -> Step:
    return load_steps().get(name)


def story_of(*changes: dict[str, Any], **tale: Any) -> Story:
    """A tale with one event for each dict of changes."""
    events = [make_event(number + 1, **each) for number, each in enumerate(changes)]
    return read_story(make_tale(narrative_events=events, **tale))


def ask(step: str, story: Story, number: int = 0) -> Any:
    return get_step(step).build_inputs(story, story.events[number])


def gold(step: str, story: Story, number: int = 0) -> Any:
    item = list(get_step(step).examples(story))[number]
    assert isinstance(item, Example), item
    return item.output


def why_not(step: str, story: Story, number: int = 0) -> tuple[str, str]:
    item = list(get_step(step).examples(story))[number]
    assert not isinstance(item, Example)
    return item.path, item.reason


def problems(step: str, output: Any, inputs: Inputs) -> list[str]:
    return [str(problem) for problem in get_step(step).validate_output(output, inputs)]


def forget_labels(story: Story) -> Story:
    """The tale as it is before anything is annotated."""
    bare = [Event(event.id, event.path, event.span, event.time_order) for event in story.events]
    return Story(story.id, story.title, story.culture, story.language, story.text, story.summary, story.source, events=bare)
