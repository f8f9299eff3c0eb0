"""How right ``event_type`` answers are: the functions, one by one and as the sequence of a tale, and the descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ft_core import (
    OTHER,
    Accuracy,
    MacroF1,
    MeanChrf,
    MeanScore,
    ScoreRow,
    SetF1,
    compare_field,
    compare_label,
    edit_similarity,
    make_score_sheet,
)
from ft_event_type.propp import PHASE_OF, are_paired

if TYPE_CHECKING:
    from ft_core import Answer, ScoreSheet

__all__ = ["PAIR_CREDIT", "score_outputs"]

PAIR_CREDIT = 0.5
"""What a function counts that is not the gold one but of one pair with it; a convention of this step."""

_FUNCTION = (MacroF1("event_type_macro_f1"), Accuracy("event_type_accuracy"))
_CREDIT = MeanScore("event_type_pair_credit")
_PHASE = Accuracy("phase_accuracy")
_OTHER = SetF1("other_f1")
_SEQUENCE = MeanScore("sequence_similarity")
_DESCRIPTIONS = {key: (MeanChrf(f"{key}_chrf"),) for key in ("description_general", "description_specific")}
_NO_PHASE = f"{OTHER} is in no phase"


def score_outputs(answers: Sequence[Answer]) -> ScoreSheet:
    """Count the functions that are right, and compare each tale's sequence of functions with gold.

    The sequence of a tale is that of its answers as they are given, in event order; its similarity is in the row of the tale's
    first answer. An answer that is not valid is missing there: it gives no function, so nothing stands in its place.
    ``OTHER`` is a label like any other, since the annotator looked and found that none fits; an event without a label gives
    no case.
    """
    rows = [_count(answer) for answer in answers]
    for numbers in _group_by_tale(answers):
        gold = [answers[number].expected["event_type"] for number in numbers]
        predicted = [function for number in numbers if (function := _get_function(answers[number]))]
        _SEQUENCE.add(rows[numbers[0]], edit_similarity(predicted, gold))
    descriptions = [metric for metrics in _DESCRIPTIONS.values() for metric in metrics]
    return make_score_sheet(rows, [*_FUNCTION, _CREDIT, _PHASE, _OTHER, _SEQUENCE, *descriptions])


def _group_by_tale(answers: Sequence[Answer]) -> Iterable[list[int]]:
    """Return the places of each tale's answers, in their order."""
    tales: dict[str, list[int]] = {}
    for number, answer in enumerate(answers):
        tales.setdefault(answer.story_id, []).append(number)
    return tales.values()


def _get_function(answer: Answer) -> str:
    """Return the predicted function, or ``""``, which is none."""
    return str((answer.predicted or {}).get("event_type", ""))


def _count(answer: Answer) -> ScoreRow:
    row = ScoreRow()
    compare_label(row, answer, "event_type", _FUNCTION)
    _compare_function(row, answer.expected["event_type"], _get_function(answer))
    for key, metrics in _DESCRIPTIONS.items():
        compare_field(row, answer, key, metrics)
    return row


def _compare_function(row: ScoreRow, gold: str, predicted: str) -> None:
    _CREDIT.add(row, 1.0 if predicted == gold else PAIR_CREDIT * are_paired(predicted, gold))
    _OTHER.compare(row, {gold} & {OTHER}, {predicted} & {OTHER})
    if gold == OTHER:
        row.leave_out("$.event_type", _NO_PHASE, (_PHASE.name,))
    else:
        _PHASE.compare(row, PHASE_OF[gold], PHASE_OF.get(predicted))
