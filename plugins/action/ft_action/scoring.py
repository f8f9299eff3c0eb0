"""How right ``action`` answers are: category and type, one by one and as a path, status and function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ft_core import Accuracy, HierarchicalF1, MacroF1, ScoreRow, compare_label, make_score_sheet

if TYPE_CHECKING:
    from ft_core import Answer, ScoreSheet

__all__ = ["score_outputs"]

_PATH = HierarchicalF1("hierarchical_f1")

_LABELS = {
    "category": (MacroF1("category_macro_f1"), Accuracy("category_accuracy")),
    "type": (MacroF1("type_macro_f1"), Accuracy("type_accuracy")),
    "status": (MacroF1("status_macro_f1"), Accuracy("status_accuracy")),
    "function": (MacroF1("function_macro_f1"), Accuracy("function_accuracy")),
}
"""The closed labels of the answer and the metrics of each; ``context`` is a free tag and not scored."""


def score_outputs(answers: Sequence[Answer]) -> ScoreSheet:
    """Count the labels that are right; category and type also as a path, where the right category with a wrong type is half."""
    metrics = [metric for metrics in _LABELS.values() for metric in metrics]
    return make_score_sheet([_count(answer) for answer in answers], [*metrics, _PATH])


def _count(answer: Answer) -> ScoreRow:
    row = ScoreRow()
    for key, metrics in _LABELS.items():
        compare_label(row, answer, key, metrics)
    _PATH.compare(row, _list_path(answer.expected), _list_path(answer.predicted or {}))
    return row


def _list_path(labels: Mapping[str, str]) -> list[str]:
    """Return the category and the type below it."""
    return [labels[key] for key in ("category", "type") if labels.get(key)]
