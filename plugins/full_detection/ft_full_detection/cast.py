"""The characters so far as the pipeline shows them: with their archetypes, which ft-core's own prompt leaves out."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from ft_core import NotApplicable
from ft_full_detection.prompts_module import load_prompts

if TYPE_CHECKING:
    from ft_core import Inputs, Story

__all__ = ["build_inputs"]


def build_inputs(step: str, story: Story) -> Generator[None, Inputs | NotApplicable, Inputs | NotApplicable]:
    """Add its archetype to each known character of the step ``character``; they stand in order of appearance."""
    inputs = yield
    if step != "character" or isinstance(inputs, NotApplicable) or load_prompts() is None:
        return inputs
    known = [{"name": each.name, "alias": ";".join(each.aliases), "archetype": each.archetype} for each in story.characters]
    return {**inputs, "known_characters": known}
