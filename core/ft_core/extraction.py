"""What most steps share: one example, or one reason, for every event, or for the tale as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ft_core.example import Example, Inputs, NotApplicable, Output, Skipped
from ft_core.hookspecs import InputsOf
from ft_core.story import Event, Story

__all__ = ["GoldOf", "NoGold", "StoryGoldOf", "examples_by_event", "examples_by_story"]


@dataclass(frozen=True, slots=True)
class NoGold:
    """Why labels give no gold answer; ``path`` is relative to the event or the tale, such as ``.action_layer.type``."""

    path: str
    reason: str


GoldOf: TypeAlias = Callable[[Story, Event, Inputs], Output | NoGold]
"""Gives the gold answer that an event's labels hold."""

StoryGoldOf: TypeAlias = Callable[[Story, Inputs], Output | NoGold]
"""Gives the gold answer that a tale's labels hold."""


def examples_by_event(story: Story, inputs_of: InputsOf, gold_of: GoldOf) -> Iterator[Example | Skipped]:
    """Yield an example for every event that has inputs and a gold answer, and a reason for every other one.

    Args:
        story: the annotated tale.
        inputs_of: what ``extract_examples`` was given.
        gold_of: the gold answer of one event, or :class:`NoGold`.
    """
    for event in story.events:
        inputs = inputs_of(event)
        if isinstance(inputs, NotApplicable):
            yield Skipped(story.id, event.id, event.path + inputs.path, inputs.reason)
            continue
        gold = gold_of(story, event, inputs)
        if isinstance(gold, NoGold):
            yield Skipped(story.id, event.id, event.path + gold.path, gold.reason)
        else:
            yield Example(inputs, gold, story.id, event.id)


def examples_by_story(story: Story, inputs_of: InputsOf, gold_of: StoryGoldOf) -> Iterator[Example | Skipped]:
    """Yield the example of a tale as a whole, or the reason why there is none; for steps of scope ``story``.

    Args:
        story: the annotated tale.
        inputs_of: what ``extract_examples`` was given.
        gold_of: the gold answer of the tale, or :class:`NoGold`.
    """
    inputs = inputs_of()
    if isinstance(inputs, NotApplicable):
        yield Skipped(story.id, "", "$" + inputs.path, inputs.reason)
        return
    gold = gold_of(story, inputs)
    if isinstance(gold, NoGold):
        yield Skipped(story.id, "", "$" + gold.path, gold.reason)
    else:
        yield Example(inputs, gold, story.id, "")
