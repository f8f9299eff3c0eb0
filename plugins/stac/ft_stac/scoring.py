"""How right ``stac`` answers are: which heads hold something, and how alike the texts under them are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ft_core import MeanScore, ScoreRow, SetF1, chrf, make_score_sheet

if TYPE_CHECKING:
    from ft_core import Answer, Metric, Output, ScoreSheet

__all__ = ["score_outputs"]

_HEADS = ("situation", "task", "action", "consequence")
_PRESENCE, _CHRF = SetF1("presence_f1"), MeanScore("chrf")
_PRESENCE_OF = {head: SetF1(f"{head}_presence_f1") for head in _HEADS}
_CHRF_OF = {head: MeanScore(f"{head}_chrf") for head in _HEADS}
_EMPTY_HEAD = "the head is empty in gold: it counts for presence only"


def score_outputs(answers: Sequence[Answer]) -> ScoreSheet:
    """Count the heads that hold something, and compare the texts of those that do in gold.

    An event's record is annotated as a whole, so an empty head says that the segment has nothing of the kind: to fill it is
    wrong by presence, while there is no gold text to compare the answer with.
    """
    by_head: list[Metric] = [metric for head in _HEADS for metric in (_PRESENCE_OF[head], _CHRF_OF[head])]
    return make_score_sheet([_count(answer) for answer in answers], [_CHRF, _PRESENCE, *by_head])


def _count(answer: Answer) -> ScoreRow:
    row, predicted = ScoreRow(), answer.predicted or {}
    gold_heads, predicted_heads = _list_heads(answer.expected), _list_heads(predicted)
    _PRESENCE.compare(row, gold_heads, predicted_heads)
    for head in _HEADS:
        _PRESENCE_OF[head].compare(row, {head}.intersection(gold_heads), {head}.intersection(predicted_heads))
        if head not in gold_heads:
            row.leave_out(f"$.{head}", _EMPTY_HEAD, (_CHRF.name, _CHRF_OF[head].name))
            continue
        score = chrf(predicted.get(head, ""), answer.expected[head])
        _CHRF.add(row, score)
        _CHRF_OF[head].add(row, score)
    return row


def _list_heads(record: Output) -> list[str]:
    return [head for head in _HEADS if record.get(head, "").strip()]
