"""What ``event_type`` is shown, what the annotators answered, and how an answer is written into the tale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from ft_core import NoGold, examples_by_event
from ft_event_type.description import join_description, split_description
from ft_event_type.excerpt import excerpt_end, excerpt_start

if TYPE_CHECKING:
    from ft_core import Event, Example, Inputs, InputsOf, Output, Skipped, Story

__all__ = ["apply_output", "build_inputs", "extract_examples", "read_gold"]


def build_inputs(story: Story, event: Event) -> Inputs:
    """Show the segment and what surrounds it, for a Propp function is defined by its place in the tale.

    Events without a segment count nowhere: not in the position, not as neighbours, and not with their functions.
    """
    number, count = story.count_off(event)
    told, here = story.told_events(), number - 1
    return {
        "segment": event.text,
        "summary": story.summary,
        "stac": asdict(event.stac) if event.stac and not event.stac.is_empty else {},
        "position": {"k": number, "n": count},
        "previous_segment": excerpt_end(told[here - 1].text) if here else "",
        "next_segment": excerpt_start(told[number].text) if number < count else "",
        "earlier_functions": [each.event_type for each in told[:here] if each.event_type],
    }


def extract_examples(story: Story, inputs_of: InputsOf) -> Iterator[Example | Skipped]:
    """Yield an example for every event of an annotated tale, or the reason why there is none."""
    return examples_by_event(story, inputs_of, read_gold)


def read_gold(story: Story, event: Event, inputs: Inputs) -> Output | NoGold:  # core passes all three
    """Return the annotated function and the two halves of the description, which is taken as the event has it.

    A description that merely copies the segment is emptied when the tale is read, and nowhere else.
    """
    if not event.event_type:
        return NoGold(".event_type", "no event type is annotated")
    general, specific = split_description(event.description)
    return {"event_type": event.event_type, "description_general": general, "description_specific": specific}


def apply_output(event: Event, output: Output) -> bool:
    """Write the function and the description into the event."""
    event.event_type = output["event_type"]
    event.description = join_description(output["description_general"], output["description_specific"])
    return True
