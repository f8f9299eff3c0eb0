"""Scoring answers that a test makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ft_core import Answer, Example, ScoreSheet, Story
from tests.plugins.asking import get_step

__all__ = ["answers_of", "examples_of", "score"]

Case = tuple[Mapping[str, Any], Mapping[str, Any] | None]


def score(name: str, *cases: Case, inputs: Mapping[str, Any] | None = None, tales: Sequence[str] = ()) -> ScoreSheet:
    """Score pairs of gold and prediction, all of one tale unless ``tales`` says of which each is."""
    names = tales or ["tale"] * len(cases)
    answers = [Answer(inputs or {}, *case, tale, f"e{i}") for i, (case, tale) in enumerate(zip(cases, names, strict=True))]
    return get_step(name).score_outputs(answers)


def examples_of(name: str, stories: Sequence[Story]) -> list[Example]:
    return [item for story in stories for item in get_step(name).examples(story) if isinstance(item, Example)]


def answers_of(examples: Sequence[Example], predicted: Sequence[Any]) -> list[Answer]:
    pairs = zip(examples, predicted, strict=True)
    return [Answer(each.inputs, each.output, given, each.story_id, each.event_id) for each, given in pairs]
