"""What the step ``event_type`` says of itself."""

from __future__ import annotations

import json
from importlib.resources import files

from ft_core import StepInfo

__all__ = ["describe_step"]

_INFO = StepInfo(
    title="Event type",
    description="Names the Propp function of an event and describes the event in roles and in names.",
    output_schema=json.loads(files("ft_event_type").joinpath("schema.json").read_text(encoding="utf-8")),
    writes=("event_type", "description"),
    uses=("stac",),
    primary_metric="event_type_macro_f1",
)


def describe_step() -> StepInfo:
    """Say what the step asks, what its answers look like and what they fill in."""
    return _INFO
