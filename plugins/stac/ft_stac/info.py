"""What the step ``stac`` says of itself."""

from __future__ import annotations

import json
from importlib.resources import files

from ft_core import StepInfo

__all__ = ["describe_step"]

_INFO = StepInfo(
    title="STAC",
    description="Gathers an event's sentences under situation, task, action and consequence.",
    output_schema=json.loads(files("ft_stac").joinpath("schema.json").read_text(encoding="utf-8")),
    writes=("stac",),
    primary_metric="record_f1",
)


def describe_step() -> StepInfo:
    """Say what the step asks, what its answers look like and what they fill in."""
    return _INFO
