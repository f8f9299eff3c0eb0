"""STAC as the pipeline asks for it: a record with a text under each head, while ft-core's own prompt goes sentence by sentence.

The hooks of ``stac`` know a record by its keys, so that only the schema and the gold answers have to be others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from ft_core import STAC_HEADS, Example, NotApplicable

if TYPE_CHECKING:
    from ft_core import InputsOf, Skipped, StepInfo, Story

__all__ = ["ask_for_record", "list_records"]


def ask_for_record(info: StepInfo) -> StepInfo:
    """Let the step answer with a record."""
    own = {key: info.output_schema[key] for key in ("$schema", "type", "additionalProperties")}
    properties = {head: {"type": "string"} for head in STAC_HEADS}
    return replace(info, output_schema={**own, "properties": properties, "required": list(STAC_HEADS)})


def list_records(items: Iterable[Example | Skipped], story: Story, inputs_of: InputsOf) -> Iterator[Example | Skipped]:
    """Make the annotated records the gold answers, those too that the step's own form of answer cannot give."""
    events = {event.id: event for event in story.events}
    for item in items:
        event = events[item.event_id]
        if event.stac is None or event.stac.is_empty:
            yield item
        elif isinstance(item, Example):
            yield replace(item, output=asdict(event.stac))
        elif not item.path.startswith(f"{event.path}.stac") or isinstance(inputs := inputs_of(event), NotApplicable):
            yield item
        else:
            yield Example(inputs, asdict(event.stac), story.id, event.id)
