"""An extension of ft-core: rare words that stand in a prompt are explained in it, whatever step asks."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ft_core import Output, Problem, Prompt, hookimpl

__all__ = ["build_prompt", "on_step_finished", "validate_output"]


@cache
def read_glossary() -> dict[str, str]:
    """Return each word with its explanation: from the file that FT_GLOSSARY names, or the one beside this module."""
    named = os.environ.get("FT_GLOSSARY")
    file = Path(named) if named else files("ft_glossary").joinpath("glossary.json")
    return dict(sorted(json.loads(file.read_text(encoding="utf-8")).items()))


@hookimpl(wrapper=True)
def build_prompt() -> Generator[None, Prompt, Prompt]:
    """Put the words that stand in the tale's material, and what they mean, before it; the system text stays the same."""
    prompt = yield
    lines = [f"- {word}: {meaning}" for word, meaning in read_glossary().items() if word in prompt.user]
    return Prompt(prompt.system, "\n".join(["Glossary:", *lines, "", prompt.user])) if lines else prompt


@hookimpl
def validate_output(output: Output) -> list[Problem]:
    """Find explanations that were taken for words of the tale."""
    meanings = set(read_glossary().values())
    return [
        Problem(path, f"{text!r} explains a word; it is no word of the tale") for path, text in walk(output) if text in meanings
    ]


@hookimpl
def on_step_finished(step: str, record: Mapping[str, Any]) -> None:
    """Say how large the glossary was that an adapter was trained with."""
    print(f"Step {step}: {record['status']}, with a glossary of {len(read_glossary())} words.")


def walk(value: object, path: str = "$") -> Iterator[tuple[str, str]]:
    """Yield the texts of a JSON value with their paths."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from walk(each, f"{path}.{key}")
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield from walk(each, f"{path}[{i}]")
