"""STAC as the pipeline asks for it: a record with a text under each head, while ft-core's own prompt goes sentence by sentence.

The hooks of ``stac`` know a record by its keys, so that only the schema and the gold answers have to be others.
"""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

from ft_core import Stac

if TYPE_CHECKING:
    from ft_core import Example, StepInfo, Story

__all__ = ["ask_for_record", "write_record"]

_HEADS = tuple(each.name for each in fields(Stac))


def ask_for_record(info: StepInfo) -> StepInfo:
    """Let the step answer with a record."""
    own = {key: info.output_schema[key] for key in ("$schema", "type", "additionalProperties")}
    properties = {head: {"type": "string"} for head in _HEADS}
    return replace(info, output_schema={**own, "properties": properties, "required": list(_HEADS)})


def write_record(example: Example, story: Story) -> Example:
    """Make the annotated record the gold answer."""
    record = next(event.stac for event in story.events if event.id == example.event_id)
    return replace(example, output=asdict(record or Stac()))
