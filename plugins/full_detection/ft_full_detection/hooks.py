"""The hooks of the extension ``full_detection``, each around that of every step: which function wraps which."""

from __future__ import annotations

from ft_core import hookimpl
from ft_full_detection import answer, cast, question

__all__ = [
    "apply_output",
    "build_inputs",
    "build_prompt",
    "describe_step",
    "extract_examples",
    "on_step_selected",
    "score_outputs",
]

describe_step = hookimpl(wrapper=True)(answer.describe_step)
build_inputs = hookimpl(wrapper=True)(cast.build_inputs)
extract_examples = hookimpl(wrapper=True)(answer.extract_examples)
build_prompt = hookimpl(wrapper=True)(question.build_prompt)
apply_output = hookimpl(wrapper=True)(answer.apply_output)
score_outputs = hookimpl(wrapper=True)(answer.score_outputs)
on_step_selected = hookimpl(question.on_step_selected)
