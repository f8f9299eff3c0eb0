"""What the step ``relationship`` says of itself."""

from __future__ import annotations

import json
from importlib.resources import files

from ft_core import StepInfo

__all__ = ["describe_step"]

_INFO = StepInfo(
    title="Relationship",
    description="Names the standing tie of each doer to each receiver of an event, and the doer's stance.",
    output_schema=json.loads(files("ft_relationship").joinpath("schema.json").read_text(encoding="utf-8")),
    writes=("relationships",),
    requires=("character",),
    primary_metric="triple_f1",
)


def describe_step() -> StepInfo:
    """Say what the step asks, what its answers look like and what they fill in."""
    return _INFO
