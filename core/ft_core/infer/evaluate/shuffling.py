"""Gold answers shuffled among the prompts of their step: what an adapter learns from them is chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ft_core.corpus.lot import draw_lot
from ft_core.corpus.training_data import StepData, TrainingData
from ft_core.example import TrainingText

__all__ = ["shuffle_gold"]


def shuffle_gold(data: TrainingData, seed: int) -> TrainingData:
    """Return training data in which every training prompt has the answer of another one.

    The seed draws a circle through all examples of a step, along which the answers move by one, so that no prompt keeps its
    own, though it may get an equal one. Validation examples go: to stop at the best loss on true answers would leak them.
    """
    steps = {name: _shuffle(name, step, seed) for name, step in data.steps.items()}
    return replace(data, steps=steps, source=f"{data.source} (gold shuffled)")


def _shuffle(name: str, step: StepData, seed: int) -> StepData:
    circle = sorted(range(len(step.train)), key=lambda number: draw_lot(seed, "shuffle", name, *_place(step.train, number)))
    train, examples = [*step.train], [*step.examples]
    for here, there in zip(circle, circle[1:] + circle[:1], strict=True):
        train[here] = replace(step.train[here], completion=step.train[there].completion)
        if examples:
            examples[here] = replace(step.examples[here], output=step.examples[there].output)
    return replace(step, train=tuple(train), val=(), test=(), examples=tuple(examples))


def _place(texts: Sequence[TrainingText], number: int) -> tuple[str, str, str]:
    return texts[number].story_id, texts[number].event_id, str(number)
