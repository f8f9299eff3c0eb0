"""What each of our steps asks: the prompt and the answer of an event of a sample tale, as they are trained on."""

from __future__ import annotations

import json
import textwrap

from repository_link import ROOT

from ft_core import Example, load_all_annotated_stories
from ft_core.step import Step, load_steps

__all__ = ["TALE", "describe_steps"]

TALE = "sample_en_06_lion_and_mouse"


def describe_steps() -> str:
    """Return a section of Markdown for each step of this repository that is installed, in pipeline order."""
    ours = {path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml")}
    return "\n\n".join(_describe(step) for step in load_steps().working if step.name in ours)


def _describe(step: Step) -> str:
    story = next(story for story in load_all_annotated_stories(ROOT / "core/ft_core/samples") if story.id == TALE)
    example = next(item for item in step.examples(story) if isinstance(item, Example))
    text = example.as_text()
    return "\n\n".join(
        [
            f"### {step.name}",
            (
                f"{step.info.description} It {_list_steps('requires', step.info.requires)}, "
                f"{_list_steps('uses', step.info.uses)} and writes {_join(step.info.writes)}."
            ),
            _fold("System text, the same for every event", text.prompt.system),
            _fold(f"User text for the event {example.event_id}", text.prompt.user),
            _block("json", text.completion),
            _fold("Schema of the answers", json.dumps(step.info.output_schema, ensure_ascii=False, indent=2), "json"),
        ]
    )


def _list_steps(verb: str, names: tuple[str, ...]) -> str:
    return f"{verb} {_join(names)}" if names else f"{verb} no other step"


def _join(names: tuple[str, ...]) -> str:
    *first, last = [f"`{name}`" for name in names]
    return f"{', '.join(first)} and {last}" if first else last


def _fold(title: str, text: str, language: str = "text") -> str:
    return f'??? note "{title}"\n\n{textwrap.indent(_block(language, text), "    ")}'


def _block(language: str, text: str) -> str:
    return f"````{language}\n{text}\n````"
