"""What ``relationship`` is shown, what the annotators answered, and how an answer is written into the tale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ft_core import NoGold, NotApplicable, Relationship, examples_by_event, find_character

if TYPE_CHECKING:
    from ft_core import Event, Example, Inputs, InputsOf, Output, Skipped, Story

__all__ = ["apply_output", "build_inputs", "extract_examples", "read_gold"]

_FIELDS = {
    "agent": "agent",
    "target": "target",
    "relationship_level1": "level1",
    "relationship_level2": "level2",
    "sentiment": "sentiment",
}
"""The keys of the answer, in their order, and the attribute of :class:`Relationship` that each fills."""


def build_inputs(story: Story, event: Event) -> Inputs | NotApplicable:
    """Show the segment, the tale's summary, the doers, and the receivers that are characters of the tale."""
    receivers = [name for name in event.targets if find_character(story.characters, name)]
    if not event.agents:
        return NotApplicable("the event has no doer", ".agents")
    if not receivers:
        return NotApplicable("no receiver is a character", ".targets")
    return {"segment": event.text, "summary": story.summary, "doers": list(event.agents), "receivers": receivers}


def extract_examples(story: Story, inputs_of: InputsOf) -> Iterator[Example | Skipped]:
    """Yield an example for every event of an annotated tale, or the reason why there is none."""
    return examples_by_event(story, inputs_of, read_gold)


def read_gold(story: Story, event: Event, inputs: Inputs) -> Output | NoGold:  # core passes all three
    """Return the annotated ties; one that lacks a label leaves the event without a gold answer."""
    if not event.relationships:
        return NoGold(".relationships", "no relationship is annotated")
    for i, tie in enumerate(event.relationships):
        for key, field in _FIELDS.items():
            if not getattr(tie, field):
                return NoGold(f".relationships[{i}].{key}", f"no {key} is annotated")
    return {"relationships": [{key: getattr(tie, f) for key, f in _FIELDS.items()} for tie in event.relationships]}


def apply_output(event: Event, output: Output) -> bool:
    """Write the ties into the event."""
    event.relationships = [
        Relationship(**{field: tie[key] for key, field in _FIELDS.items()}) for tie in output["relationships"]
    ]
    return True
