"""What the step ``character`` says of itself."""

from __future__ import annotations

import json
from importlib.resources import files

from ft_core import StepInfo

__all__ = ["describe_step"]

_INFO = StepInfo(
    title="Character",
    description="Names the doers and receivers of an event, and the characters that appear in it for the first time.",
    output_schema=json.loads(files("ft_character").joinpath("schema.json").read_text(encoding="utf-8")),
    writes=("agents", "targets", "target_type", "object_type", "characters"),
    primary_metric="participants_f1",
)


def describe_step() -> StepInfo:
    """Say what the step asks, what its answers look like and what they fill in."""
    return _INFO
