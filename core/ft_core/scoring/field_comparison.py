"""Comparing one key of an answer with gold, where gold is not blank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ft_core.example import Answer
from ft_core.scoring.metric import Metric
from ft_core.scoring.score_row import ScoreRow

__all__ = ["BLANK_GOLD", "FieldMetric", "compare_field", "compare_label"]

BLANK_GOLD = "the gold value is blank"


class FieldMetric(Metric, Protocol):
    """A metric that compares one predicted value with one gold value."""

    def compare(self, row: ScoreRow, gold: Any, predicted: Any) -> None:
        """Count one case."""


def compare_field(row: ScoreRow, answer: Answer, key: str, metrics: Sequence[FieldMetric]) -> bool:
    """Count one key of an answer in some metrics; where gold is blank, note that it is left out.

    Args:
        row: the answer's row.
        answer: the answer; one that is not valid counts as one that says nothing, that is, as a miss.
        key: the key of gold and predicted answer; its gold value is a text or a label.
        metrics: the metrics in which it counts.

    Returns:
        Whether gold says something.
    """
    gold = answer.expected[key]
    if not gold.strip():
        row.leave_out(f"$.{key}", BLANK_GOLD, (metric.name for metric in metrics))
        return False
    for metric in metrics:
        metric.compare(row, gold, (answer.predicted or {}).get(key))
    return True


def compare_label(row: ScoreRow, answer: Answer, key: str, metrics: Sequence[FieldMetric]) -> bool:
    """Count a label of a closed list as :func:`compare_field` does, and keep it with its gold for the confusion matrix."""
    scored = compare_field(row, answer, key, metrics)
    if scored:
        row.pair(key, answer.expected[key], (answer.predicted or {}).get(key))
    return scored
