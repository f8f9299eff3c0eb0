"""What ``action`` is shown, what the annotators answered, and how an answer is written into the tale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from ft_core import ActionLabel, NoGold, examples_by_event

if TYPE_CHECKING:
    from ft_core import Event, Example, Inputs, InputsOf, Output, Skipped, Story

__all__ = ["apply_output", "build_inputs", "extract_examples", "read_gold"]


def build_inputs(story: Story, event: Event) -> Inputs:
    """Show the segment, the tale's summary, the doers, the receivers and the instrument."""
    return {
        "segment": event.text,
        "summary": story.summary,
        "doers": list(event.agents),
        "receivers": list(event.targets),
        "instrument": event.instrument,
    }


def extract_examples(story: Story, inputs_of: InputsOf) -> Iterator[Example | Skipped]:
    """Yield an example for every event of an annotated tale, or the reason why there is none."""
    return examples_by_event(story, inputs_of, read_gold)


def read_gold(story: Story, event: Event, inputs: Inputs) -> Output | NoGold:  # core passes all three
    """Return the annotated action; category and type must be set, the other labels may be blank."""
    if event.action is None:
        return NoGold(".action_layer", "no action is annotated")
    label = asdict(event.action)  # its fields stand in the order of the answer's keys
    for key in ("category", "type"):
        if not label[key]:
            return NoGold(f".action_layer.{key}", f"no action {key} is annotated")
    return label


def apply_output(event: Event, output: Output) -> bool:
    """Write the action into the event."""
    event.action = ActionLabel(**output)
    return True
