"""How right ``instrument`` answers are: is there one, and is it the one that was named?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ft_core import Accuracy, ScoreRow, SetF1, make_score_sheet, split_aliases

if TYPE_CHECKING:
    from ft_core import Answer, Output, ScoreSheet

__all__ = ["score_outputs"]

_DETECTION = SetF1("detection_f1")
_NAME = Accuracy("name_accuracy")


def score_outputs(answers: Sequence[Answer]) -> ScoreSheet:
    """Count the events in which an instrument was seen, and among those that have one the names that are exactly right.

    Most events have none and say so, which is why seeing one is measured as F1 of the events that have one; accuracy would
    be high for a model that never sees any.
    """
    return make_score_sheet([_count(answer) for answer in answers], [_DETECTION, _NAME])


def _count(answer: Answer) -> ScoreRow:
    row, gold, predicted = ScoreRow(), _list_names(answer.expected), _list_names(answer.predicted or {})
    _DETECTION.compare(row, ["seen"] if gold else [], ["seen"] if predicted else [])
    if gold:
        _NAME.compare(row, gold, predicted)
    return row


def _list_names(output: Output) -> frozenset[str]:
    """Return the instruments, which ``;`` divides; their order says nothing."""
    return frozenset(split_aliases(output.get("instrument", "")))
