"""What the step ``action`` says of itself."""

from __future__ import annotations

import json
from importlib.resources import files

from ft_core import StepInfo

__all__ = ["describe_step"]

_INFO = StepInfo(
    title="Action",
    description="Classifies what is done in an event: category and type, context, status and narrative function.",
    output_schema=json.loads(files("ft_action").joinpath("schema.json").read_text(encoding="utf-8")),
    writes=("action",),
    requires=("character",),
    uses=("instrument",),
    primary_metric="type_macro_f1",
)


def describe_step() -> StepInfo:
    """Say what the step asks, what its answers look like and what they fill in."""
    return _INFO
