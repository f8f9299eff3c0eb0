"""The loop that most steps share: one example, or one reason, for every event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ft_core.example import Example, Inputs, NotApplicable, Output, Skipped
from ft_core.hookspecs import InputsOf
from ft_core.story import Event, Story

__all__ = ["GoldOf", "NoGold", "examples_by_event"]


@dataclass(frozen=True, slots=True)
class NoGold:
    """Why an event's labels give no gold answer; ``path`` is relative to the event, such as ``.action_layer.type``."""

    path: str
    reason: str


GoldOf: TypeAlias = Callable[[Story, Event, Inputs], Output | NoGold]
"""Gives the gold answer that an event's labels hold."""


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
