"""The training examples of a run, as its baselines learn from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ft_core.corpus.prepared_row import as_example
from ft_core.corpus.prepared_tale import Telling
from ft_core.corpus.training_data import TrainingData
from ft_core.example import Example, Inputs

__all__ = ["join_inputs", "list_train_examples"]


def list_train_examples(data: TrainingData, step: str, inputs: Mapping[tuple[str, str, str], Inputs]) -> list[Example]:
    """Return a step's training examples: all of the data, also where ``--max-examples`` trained the adapter on fewer.

    Args:
        data: the run's, which has prompts and answers only.
        step: its name.
        inputs: what the step was shown, by step, tale and event; none for examples that are not among them.
    """
    texts = data.steps[step].train if step in data.steps else ()
    examples = (as_example(text) for text in texts)
    return [replace(each, inputs=inputs.get((step, each.story_id, each.event_id), {})) for each in examples]


def join_inputs(tellings: Iterable[Telling]) -> dict[tuple[str, str, str], Inputs]:
    """Return the inputs of the examples of tales, by step, tale and event."""
    return {
        (step, item.story_id, item.event_id): item.inputs
        for telling in tellings
        for step, items in telling.items.items()
        for item in items
        if isinstance(item, Example)
    }
