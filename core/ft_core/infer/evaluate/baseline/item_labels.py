"""Labels of the items that an answer goes through, each told by the texts of its own item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ft_core.corpus.closed_field import ClosedField
from ft_core.example import Example, Output
from ft_core.infer.evaluate.baseline.label_choice import LabelTable
from ft_core.infer.evaluate.baseline.pattern import Labels
from ft_core.infer.evaluate.baseline.tfidf import OF_ITEMS, LabelClassifier
from ft_core.prompt import Prompt

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
        items = [self._make_example(item) for example in examples for item in self._read(example.output)]
        self._classifier = LabelClassifier(items, LabelTable(items, self._fields), seed, OF_ITEMS)

    def relabel(self, output: Output) -> Output:
        """Return an answer in which every item has the labels that its texts tell."""
        items = self._read(output)
        labels = self._classifier.choose([self._make_example(item) for item in items]) if items else []
        told = [self._write(item, each) for item, each in zip(items, labels, strict=True)]
        return _put(output, self._keys, told)

    def _read(self, output: Output) -> Sequence[Mapping[str, Any]]:
        value: Any = output
        for key in self._keys:
            value = value[key]
        return value  # type: ignore[no-any-return]  # the list that the shape of the answer has there

    def _make_example(self, item: Mapping[str, Any]) -> Example:
        labels = {field.steps for field in self._fields}
        texts = [text for steps, text in _list_texts(item, ()) if steps not in labels]
        return Example({}, item, "", "", Prompt("", "\n".join(texts)))

    def _write(self, item: Mapping[str, Any], labels: Labels) -> Mapping[str, Any]:
        for field in self._fields:
            item = _put(item, [key for key in field.steps if key is not None], labels[field.name])
        return item


def _put(value: Mapping[str, Any], keys: Sequence[str], new: Any) -> dict[str, Any]:
    """Return a copy of an object with another value at a place."""
    first, *rest = keys
    return {**value, first: _put(value[first], rest, new) if rest else new}


def _list_texts(value: Any, steps: tuple[str | None, ...]) -> Iterator[tuple[tuple[str | None, ...], str]]:
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _list_texts(each, (*steps, key))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _list_texts(each, (*steps, None))
