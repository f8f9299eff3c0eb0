"""The hooks of the step ``character``: which function answers which."""

from __future__ import annotations

from ft_character import extraction, info, prompt, repair, scoring, validation
from ft_core import hookimpl

__all__ = [
    "apply_output",
    "build_inputs",
    "build_prompt",
    "describe_step",
    "extract_examples",
    "repair_output",
    "score_outputs",
    "validate_output",
]

describe_step = hookimpl(info.describe_step)
build_inputs = hookimpl(extraction.build_inputs)
extract_examples = hookimpl(extraction.extract_examples)
build_prompt = hookimpl(prompt.build_prompt)
repair_output = hookimpl(repair.repair_output)
validate_output = hookimpl(validation.validate_output)
apply_output = hookimpl(extraction.apply_output)
score_outputs = hookimpl(scoring.score_outputs)
