"""The most frequent answer: the same for every event, but for what it takes over from the inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ft_core.corpus.closed_field import find_closed_fields
from ft_core.example import Example, Inputs, Output
from ft_core.infer.evaluate.baseline.label_choice import LabelTable
from ft_core.infer.evaluate.baseline.pattern import Labels, Pattern, fill_pattern, list_item_fields, make_pattern
from ft_core.step import Step

__all__ = ["FrequentAnswer"]

_LABELS_TRIED = 5
"""Labels of a closed field that are tried, the most frequent first."""

_TRIED = 20
"""Patterns that are tried for one event, the most frequent first."""


class FrequentAnswer:
    """Gives the most frequent shape of answer that fits an event, with the most frequent label in each closed field.

    Labels are those of all examples. Shapes are those of the examples that have inputs, where there are any.

    Attributes:
        table: the labels of the training examples, the first where an answer has several.
        labels_seen: how often each label of each closed field is in them.
        item_fields: the closed fields of items, by the keys of their list, where the most frequent shape goes through a list of
            the inputs.
    """

    def __init__(self, step: Step, examples: Sequence[Example]) -> None:
        fields = find_closed_fields(step.info.output_schema)
        self.table = LabelTable([example.output for example in examples], fields)
        self._step = step
        self._labels = self.table.choose_most_frequent()
        self.labels_seen = {
            field.name: Counter(label for example in examples for label in field.read(example.output) if label)
            for field in fields
        }
        # Without inputs names stay as they are: those of one tale, retold or cut anew many times, would outnumber every shape.
        shown = [example for example in examples if example.inputs] or examples
        shapes = [make_pattern(example.output, example.inputs, fields) for example in shown]
        counted = Counter(shapes)
        first = {shape: number for number, shape in reversed(list(enumerate(shapes)))}
        ranked = sorted(counted, key=lambda shape: (-counted[shape], first[shape]))
        self._patterns: Sequence[Pattern] = ranked[:_TRIED]
        self.item_fields = dict(list_item_fields(ranked[0], fields)) if ranked else {}

    def answer(self, inputs: Inputs, labels: Labels | None = None) -> Output | None:
        """Return the answer for some inputs, or None where no frequent one is valid for them.

        Args:
            inputs: what the step is shown.
            labels: other labels for the closed fields.

        Raises:
            HookError: the step's ``validate_output`` fails.
        """
        chosen = [{**self._labels, **labels}] if labels else self._list_labels()
        filled = (fill_pattern(pattern, inputs, each) for each in chosen for pattern in self._patterns)
        valid = (each for each in filled if each is not None and not self._step.validate_output(each, inputs))
        return next(valid, None)

    def _list_labels(self) -> Iterator[Labels]:
        """Yield the most frequent labels, and then others in the place of one, where an answer may not have these alone."""
        yield self._labels
        for field, seen in self.labels_seen.items():
            yield from (
                {**self._labels, field: label} for label, _ in seen.most_common(_LABELS_TRIED) if label != self._labels[field]
            )
