"""What ``stac`` is shown, what the annotators answered, and how an answer is written into the tale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from ft_core import NoGold, NotApplicable, Stac, drop_unspellable, examples_by_event
from ft_stac.place import describe_place
from ft_stac.record import NO_HEAD, write_record
from ft_stac.sentence import list_sentences
from ft_stac.sorting import find_heads

if TYPE_CHECKING:
    from ft_core import Event, Example, Inputs, InputsOf, Output, Skipped, Story

__all__ = ["apply_output", "build_inputs", "extract_examples", "read_gold"]


def build_inputs(story: Story, event: Event) -> Inputs | NotApplicable:
    """Show the sentences of the segment, where in the tale it stands, and the tale's summary."""
    sentences = list_sentences(drop_unspellable(event.text))
    if not sentences:
        return NotApplicable("the segment has no words", ".text_span.text")
    place = describe_place(story, event)
    return {"segment": event.text, "sentences": sentences, "place": place, "summary": story.summary}


def extract_examples(story: Story, inputs_of: InputsOf) -> Iterator[Example | Skipped]:
    """Yield an example for every event of an annotated tale, or the reason why there is none."""
    return examples_by_event(story, inputs_of, read_gold)


def read_gold(story: Story, event: Event, inputs: Inputs) -> Output | NoGold:  # core passes all three
    """Return the sentences with their heads by the annotated record; some of its four heads may be empty, not all of them."""
    if event.stac is None:
        return NoGold(".stac", "no STAC record is annotated")
    if event.stac.is_empty:
        return NoGold(".stac", "all four heads of the STAC record are empty")
    heads = find_heads(asdict(event.stac), inputs["sentences"])
    if isinstance(heads, NoGold):
        return heads
    if set(heads) == {NO_HEAD}:
        return NoGold(".stac", "the STAC record has no words")
    pairs = zip(inputs["sentences"], heads, strict=True)
    return {"sentences": [{"text": sentence, "head": head} for sentence, head in pairs]}


def apply_output(story: Story, event: Event, output: Output) -> bool:
    """Write the record that the sentences make into the event."""
    event.stac = Stac(**write_record(output, event.text, story.sentence_joint))
    return True
