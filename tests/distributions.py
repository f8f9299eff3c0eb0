"""Writes small distributions as an installer would: a module and its ``.dist-info``, found by ``importlib.metadata``."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MORAL_HOOKS = """
from ft_core import Example, NotApplicable, Prompt, Skipped, StepInfo, hookimpl

SCHEMA = {
    "type": "object",
    "properties": {"moral": {"type": "string"}},
    "required": ["moral"],
    "additionalProperties": False,
}


@hookimpl
def describe_step(step):
    return StepInfo("Moral", "What the event teaches.", SCHEMA, writes=("annotations",), requires=REQUIRES, uses=USES)


@hookimpl
def build_inputs(story, event):
    return {"segment": event.text, "known": [character.name for character in story.characters]}


@hookimpl
def extract_examples(step, story, inputs_of):
    for event in story.events:
        inputs = inputs_of(event)
        if isinstance(inputs, NotApplicable):
            yield Skipped(story.id, event.id, event.path + inputs.path, inputs.reason)
        elif step in event.annotations:
            yield Example(inputs, event.annotations[step], story.id, event.id)
        else:
            yield Skipped(story.id, event.id, f"{event.path}.annotations.{step}", "no moral is annotated")


@hookimpl
def build_prompt(inputs):
    return Prompt("What does the segment teach? Answer as JSON.", inputs["segment"])


@hookimpl
def validate_output(output, inputs):
    return []


@hookimpl
def apply_output(step, event, output):
    event.annotations[step] = dict(output)
    return True
"""
"""The hooks of a whole step; ``write_step`` puts REQUIRES and USES before them."""

STORY_HOOKS = """
from ft_core import NoGold, Prompt, Skipped, StepInfo, examples_by_story, hookimpl

SCHEMA = {
    "type": "object",
    "properties": {"moral": {"type": "string"}},
    "required": ["moral"],
    "additionalProperties": False,
}


@hookimpl
def describe_step():
    return StepInfo("Moral", "What it teaches.", SCHEMA, ("annotations",), scope="story", requires=REQUIRES, uses=USES)


@hookimpl
def build_inputs(story):
    return {"text": story.text, "summary": story.summary}


@hookimpl
def extract_examples(step, story, inputs_of):
    missing = NoGold(f".annotations.{step}", "no moral is annotated")
    return examples_by_story(story, inputs_of, lambda story, inputs: story.annotations.get(step, missing))


@hookimpl
def build_prompt(inputs):
    return Prompt("What does the tale teach? Answer as JSON.", inputs["text"])


@hookimpl
def validate_output():
    return []


@hookimpl
def apply_output(step, story, output):
    story.annotations[step] = dict(output)
    return True
"""
"""The hooks of a whole step of scope ``story``."""


@contextmanager
def imports_forgotten(prefix: str = "acme_") -> Iterator[None]:
    """Forget, afterwards, the modules whose names begin so that were imported inside: the next test has others of that name."""
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in set(sys.modules) - before:
            if name.startswith(prefix):
                del sys.modules[name]


def write_distribution(
    site: Path,
    name: str,
    entry_points: dict[str, str],
    version: str = "1.0",
    *,
    group: str = "ft_core.steps",
    wanted: tuple[str, ...] = (),
) -> None:
    """Write ``<name>-<version>.dist-info`` with entry points into a folder that stands on ``sys.path``.

    ``wanted`` is what the distribution declares that it needs, such as ``ft-core>=0.1``.
    """
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    fields = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {each}" for each in wanted)]
    (info / "METADATA").write_text("\n".join([*fields, ""]), encoding="utf-8")
    lines = [f"{step} = {value}" for step, value in entry_points.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]), encoding="utf-8")


def write_step(
    site: Path,
    step: str,
    *,
    distribution: str = "",
    version: str = "1.0",
    hooks: str = MORAL_HOOKS,
    extra: str = "",
    requires: tuple[str, ...] = (),
    uses: tuple[str, ...] = (),
    wanted: tuple[str, ...] = (),
) -> None:
    """Write an installed step: its module ``acme_<step>.py`` (``extra`` comes last) and its ``.dist-info``."""
    distribution = distribution or f"acme-{step.replace('_', '-')}"
    module = distribution.replace("-", "_")
    write_distribution(site, distribution, {step: module}, version, wanted=wanted)
    head = f"REQUIRES = {requires!r}\nUSES = {uses!r}\n"
    (site / f"{module}.py").write_text(head + hooks + textwrap.dedent(extra), encoding="utf-8")


def write_story_step(
    site: Path, step: str, *, extra: str = "", requires: tuple[str, ...] = (), uses: tuple[str, ...] = ()
) -> None:
    """Write an installed step of scope ``story``, as :func:`write_step` does."""
    write_step(site, step, hooks=STORY_HOOKS, extra=extra, requires=requires, uses=uses)


def write_extension(
    site: Path, name: str, hooks: str, *, distribution: str = "", version: str = "1.0", wanted: tuple[str, ...] = ()
) -> None:
    """Write an installed extension: its module ``acme_<name>.py`` and its ``.dist-info``."""
    distribution = distribution or f"acme-{name.replace('_', '-')}"
    module = distribution.replace("-", "_")
    write_distribution(site, distribution, {name: module}, version, group="ft_core.extensions", wanted=wanted)
    (site / f"{module}.py").write_text("from ft_core import *\n" + textwrap.dedent(hooks), encoding="utf-8")
