"""Which of a step's examples are trained on."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData
from ft_core.example import Example, TrainingText

__all__ = ["choose_examples"]


def choose_examples(examples: Sequence[Example] | StepData, config: FineTuneConfig) -> tuple[list[TrainingText], list[Example]]:
    """Return the texts to train on and their examples, in their order: all, or ``max_examples`` of them by the seed."""
    if isinstance(examples, StepData):
        texts, kept = list(examples.train), list(examples.examples)
    else:
        texts, kept = [example.as_text() for example in examples], list(examples)
    if config.max_examples is None or config.max_examples >= len(texts):
        return texts, kept
    chosen = sorted(random.Random(config.seed).sample(range(len(texts)), config.max_examples))  # noqa: S311  # no secret
    return [texts[i] for i in chosen], [kept[i] for i in chosen if i < len(kept)]
