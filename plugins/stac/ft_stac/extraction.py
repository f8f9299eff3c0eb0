"""What ``stac`` is shown, what the annotators answered, and how an answer is written into the tale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from ft_core import NoGold, Stac, examples_by_event

if TYPE_CHECKING:
    from ft_core import Event, Example, Inputs, InputsOf, Output, Skipped, Story

__all__ = ["apply_output", "build_inputs", "extract_examples", "read_gold"]


def build_inputs(story: Story, event: Event) -> Inputs:
    """Show the segment and the tale's summary."""
    return {"segment": event.text, "summary": story.summary}


def extract_examples(story: Story, inputs_of: InputsOf) -> Iterator[Example | Skipped]:
    """Yield an example for every event of an annotated tale, or the reason why there is none."""
    return examples_by_event(story, inputs_of, read_gold)


def read_gold(story: Story, event: Event, inputs: Inputs) -> Output | NoGold:  # core passes all three
    """Return the annotated record; some of its four heads may be empty, not all of them."""
    if event.stac is None:
        return NoGold(".stac", "no STAC record is annotated")
    if event.stac.is_empty:
        return NoGold(".stac", "all four heads of the STAC record are empty")
    return asdict(event.stac)  # its fields stand in the order of the answer's keys


def apply_output(event: Event, output: Output) -> bool:
    """Write the record into the event."""
    event.stac = Stac(**output)
    return True
