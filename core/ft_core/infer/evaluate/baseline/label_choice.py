"""Choosing one label for each closed field, so that together they are labels that go together in the training tales."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ft_core.corpus.closed_field import ClosedField
from ft_core.example import Output
from ft_core.infer.evaluate.baseline.pattern import Labels

__all__ = ["LabelTable", "Scores"]

Scores: TypeAlias = Mapping[str, Mapping[str, float]]
"""How well each label suits, by field; the highest is the best."""


class LabelTable:
    """The labels of some gold answers: one row an answer, with the first label of each closed field.

    A blank is no label: nobody decided there.

    Attributes:
        fields: the names of the fields that have labels; the one with the most different labels first, for it says the most.
        rows: the labels of each answer, by field.
    """

    def __init__(self, outputs: Sequence[Output], fields: Sequence[ClosedField]) -> None:
        self.rows = [_read_row(output, fields) for output in outputs]
        self.counts = {field.name: Counter(row[field.name] for row in self.rows if field.name in row) for field in fields}
        self.fields = sorted(
            (name for name, seen in self.counts.items() if seen), key=lambda name: (-len(self.counts[name]), name)
        )
        self._pairs = {pair for row in self.rows for pair in _list_pairs(row)}
        self._blanks = {field.name: "" for field in fields}

    def choose(self, scores: Scores) -> Labels:
        """Return the best label of each field in turn, of those that stand beside the labels already chosen in some answer.

        Where no label stands beside all of them, those chosen last are given up: a type and its category go together, whatever
        the status.

        Args:
            scores: by field and label; fields and labels that are missing score 0.
        """
        chosen: dict[str, str] = {}
        for field in self.fields:
            of_field = scores.get(field, {})
            chosen[field] = min(self._list_fitting(field, chosen), key=lambda label: (-of_field.get(label, 0.0), label))
        return self._blanks | chosen

    def choose_most_frequent(self) -> Labels:
        """Return the most frequent label of each field in turn."""
        return self.choose({name: {label: float(count) for label, count in seen.items()} for name, seen in self.counts.items()})

    def _list_fitting(self, field: str, chosen: Labels) -> list[str]:
        others = list(chosen.items())
        for kept in range(len(others), 0, -1):
            fitting = [
                label for label in self.counts[field] if all(((field, label), other) in self._pairs for other in others[:kept])
            ]
            if fitting:
                return fitting
        return list(self.counts[field])


def _read_row(output: Output, fields: Sequence[ClosedField]) -> dict[str, str]:
    found = ((field.name, next(field.read(output), "")) for field in fields)
    return {name: label for name, label in found if label}


def _list_pairs(row: Labels) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    return [(first, second) for first in row.items() for second in row.items() if first != second]
