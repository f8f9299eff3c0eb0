"""Installed steps that each ask for the event's field of their own name, as the tale's annotators filled it."""

from __future__ import annotations

from pathlib import Path

from ft_core.step import Step, load_steps
from tests.distributions import write_step

__all__ = ["FIELD_HOOKS", "install_field_steps"]

FIELD_HOOKS = """
from ft_core import NoGold, Prompt, StepInfo, examples_by_event, hookimpl


@hookimpl
def describe_step(step):
    schema = {"type": "object", "properties": {step: {"type": "string"}}, "required": [step]}
    return StepInfo("Field", "One field of the event.", schema, writes=(step,))


@hookimpl
def build_inputs(step, event):
    return {"field": step, "segment": event.text}


@hookimpl
def extract_examples(step, story, inputs_of):
    def read_gold(story, event, inputs):
        gold = getattr(event, step)
        return {step: str(gold)} if gold else NoGold(f".{step}", f"{step} is blank")

    return examples_by_event(story, inputs_of, read_gold)


@hookimpl
def build_prompt(inputs):
    return Prompt(f"Say the {inputs['field']}.", f"Segment:\\n{inputs['segment']}")


@hookimpl
def validate_output(output, inputs):
    return []


@hookimpl
def apply_output(step, event, output):
    setattr(event, step, output[step])
    return True
"""


def install_field_steps(site: Path, *names: str) -> list[Step]:
    """Install the steps into a folder on ``sys.path``, where they are not there yet, and load them and no others."""
    for name in names:
        if not (site / f"acme_{name}.py").exists():
            write_step(site, name, hooks=FIELD_HOOKS)
    return load_steps([str(site)]).select(names)
