"""Labels of the items that an answer goes through, each told by the texts of its own item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ft_core.corpus.closed_field import ClosedField
from ft_core.example import Example, Output
from ft_core.infer.evaluate.baseline.label_choice import LabelTable
from ft_core.infer.evaluate.baseline.pattern import Labels, list_texts
from ft_core.infer.evaluate.baseline.tfidf import OF_ITEMS, LabelClassifier

__all__ = ["ItemLabels"]


class ItemLabels:
    """Tells the labels of the items of a list by TF-IDF and logistic regression, from what each item says besides.

    Args:
        examples: the training examples.
        keys: the keys to the list in an answer.
        fields: the closed fields of its items.
        seed: of the classifiers.
    """

    def __init__(self, examples: Sequence[Example], keys: Sequence[str], fields: Sequence[ClosedField], seed: int) -> None:
        self._keys = keys
        self._fields = [replace(field, steps=field.steps[len(keys) + 1 :]) for field in fields]
        items = [item for example in examples for item in self._read(example.output)]
        table = LabelTable(items, self._fields)
        self._classifier = LabelClassifier([self._tell(item) for item in items], table, seed, OF_ITEMS)

    def relabel(self, output: Output) -> Output:
        """Return an answer in which every item has the labels that its texts tell; one without items stays as it is."""
        items = self._read(output)
        if not items:
            return output
        labels = self._classifier.choose([self._tell(item) for item in items])
        return _put(output, self._keys, [self._write(item, each) for item, each in zip(items, labels, strict=True)])

    def _read(self, output: Output) -> Sequence[Mapping[str, Any]]:
        value: Any = output
        for key in self._keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value if isinstance(value, list | tuple) else ()

    def _tell(self, item: Mapping[str, Any]) -> str:
        labels = {field.steps for field in self._fields}
        return "\n".join(text for path, text in list_texts(item) if path not in labels)

    def _write(self, item: Mapping[str, Any], labels: Labels) -> Mapping[str, Any]:
        for field in self._fields:
            item = _put(item, [key for key in field.steps if key is not None], labels[field.name])
        return item


def _put(value: Mapping[str, Any], keys: Sequence[str], new: Any) -> dict[str, Any]:
    """Return a copy of an object with another value at a place."""
    first, *rest = keys
    return {**value, first: _put(value[first], rest, new) if rest else new}
