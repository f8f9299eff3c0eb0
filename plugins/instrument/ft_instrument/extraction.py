"""What ``instrument`` is shown, what the annotators answered, and how an answer is written into the tale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ft_core import NoGold, examples_by_event

if TYPE_CHECKING:
    from ft_core import Event, Example, Inputs, InputsOf, Output, Skipped, Story

__all__ = ["apply_output", "build_inputs", "extract_examples", "read_gold"]


def build_inputs(story: Story, event: Event) -> Inputs:
    """Show the segment, the tale's summary and the doers."""
    return {"segment": event.text, "summary": story.summary, "doers": list(event.agents)}


def extract_examples(story: Story, inputs_of: InputsOf) -> Iterator[Example | Skipped]:
    """Yield an example for every event of an annotated tale, or the reason why there is none."""
    return examples_by_event(story, inputs_of, read_gold)


def read_gold(story: Story, event: Event, inputs: Inputs) -> Output | NoGold:  # core passes all three
    """Return the annotated instrument, empty where the annotators saw none.

    A blank means none only where somebody looked at the event, that is, where an agent or target is annotated.
    ``explanation`` is not annotated and therefore always empty.
    """
    if not (event.agents or event.targets or event.instrument):
        return NoGold(".instrument", "neither an instrument nor an agent or target is annotated")
    return {"instrument": event.instrument, "explanation": ""}


def apply_output(event: Event, output: Output) -> bool:
    """Write the instrument into the event; the explanation is for people and is not kept."""
    event.instrument = output["instrument"].strip()
    return True
