"""The hooks of the step ``relationship``: which function answers which."""

from __future__ import annotations

from ft_core import hookimpl
from ft_relationship import extraction, info, narrowing, prompt, scoring, validation

__all__ = [
    "apply_output",
    "build_inputs",
    "build_prompt",
    "describe_step",
    "extract_examples",
    "narrow_schema",
    "score_outputs",
    "validate_output",
]

describe_step = hookimpl(info.describe_step)
build_inputs = hookimpl(extraction.build_inputs)
extract_examples = hookimpl(extraction.extract_examples)
build_prompt = hookimpl(prompt.build_prompt)
validate_output = hookimpl(validation.validate_output)
narrow_schema = hookimpl(narrowing.narrow_schema)
apply_output = hookimpl(extraction.apply_output)
score_outputs = hookimpl(scoring.score_outputs)
