"""What the step ``instrument`` says of itself."""

from __future__ import annotations

import json
from importlib.resources import files

from ft_core import StepInfo

__all__ = ["describe_step"]

_INFO = StepInfo(
    title="Instrument",
    description="Names the significant thing, often magical, that the doer of an event acts with.",
    output_schema=json.loads(files("ft_instrument").joinpath("schema.json").read_text(encoding="utf-8")),
    writes=("instrument",),
    requires=("character",),
    primary_metric="detection_f1",
)


def describe_step() -> StepInfo:
    """Say what the step asks, what its answers look like and what they fill in."""
    return _INFO
