"""How right ``stac`` answers are: which heads hold something, how alike the texts under them are, and each sentence's head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ft_core import STAC_HEADS, Accuracy, MacroF1, MeanScore, ScoreRow, SetF1, chrf, make_score_sheet
from ft_stac.record import NO_HEAD, write_record

if TYPE_CHECKING:
    from ft_core import Answer, Metric, Output, ScoreSheet

__all__ = ["score_outputs"]

_RECORD, _CHRF, _PRESENCE = SetF1("record_f1"), MeanScore("chrf"), SetF1("presence_f1")
_OF_SENTENCES = (MacroF1("head_macro_f1"), Accuracy("head_accuracy"))
_PRESENCE_OF = {head: SetF1(f"{head}_presence_f1") for head in STAC_HEADS}
_CHRF_OF = {head: MeanScore(f"{head}_chrf") for head in STAC_HEADS}
_EMPTY_HEAD = "the head is empty in gold: it counts for presence only"
_UNSORTED = "the sentence is under no head in gold"


def score_outputs(answers: Sequence[Answer]) -> ScoreSheet:
    """Count the heads that hold something, compare the texts of those that do in gold, and count the sentences' heads.

    An event's record is annotated as a whole, so an empty head says that the segment has nothing of the kind: to fill it is
    wrong by presence, while there is no gold text to compare the answer with. So the mean chrF rewards an answer that copies
    the segment under every head. ``record_f1`` does not: it is F1 of the heads, where a head that gold and answer fill counts
    the chrF of its text instead of 1.
    """
    by_head: list[Metric] = [metric for head in STAC_HEADS for metric in (_PRESENCE_OF[head], _CHRF_OF[head])]
    return make_score_sheet([_count(answer) for answer in answers], [_RECORD, _CHRF, _PRESENCE, *_OF_SENTENCES, *by_head])


def _count(answer: Answer) -> ScoreRow:
    row, segment = ScoreRow(), answer.inputs.get("segment", "")
    gold = write_record(answer.expected, segment)
    predicted = write_record(answer.predicted, segment) if answer.predicted is not None else {}
    gold_heads, predicted_heads = _list_heads(gold), _list_heads(predicted)
    scores = {head: chrf(predicted.get(head, ""), gold[head]) for head in gold_heads}
    _RECORD.add(row, both=sum(scores.values()), gold=len(gold_heads), predicted=len(predicted_heads))
    _PRESENCE.compare(row, gold_heads, predicted_heads)
    for head in STAC_HEADS:
        _PRESENCE_OF[head].compare(row, {head}.intersection(gold_heads), {head}.intersection(predicted_heads))
        _add_score(row, head, scores.get(head))
    _compare_sentences(row, answer)
    return row


def _compare_sentences(row: ScoreRow, answer: Answer) -> None:
    """Compare the head of each sentence; a record, as other prompts ask for, does not tell them one by one."""
    given = [each["head"] for each in (answer.predicted or {}).get("sentences", ())]
    for number, each in enumerate(answer.expected.get("sentences", ())):
        if each["head"] == NO_HEAD:
            row.leave_out(f"$.sentences[{number}].head", _UNSORTED, (metric.name for metric in _OF_SENTENCES))
            continue
        head = given[number] if number < len(given) else None
        for metric in _OF_SENTENCES:
            metric.compare(row, each["head"], head)
        row.pair("head", each["head"], head)


def _add_score(row: ScoreRow, head: str, score: float | None) -> None:
    """Count how alike the texts of a head are; None is for a head that is empty in gold."""
    if score is None:
        row.leave_out(f"$.{head}", _EMPTY_HEAD, (_CHRF.name, _CHRF_OF[head].name))
    else:
        _CHRF.add(row, score)
        _CHRF_OF[head].add(row, score)


def _list_heads(record: Output) -> list[str]:
    return [head for head in STAC_HEADS if record.get(head, "").strip()]
