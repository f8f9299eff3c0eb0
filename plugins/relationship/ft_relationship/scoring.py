"""How right ``relationship`` answers are: who is tied to whom, by what tie, and with what stance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from ft_core import Accuracy, ScoreRow, SetF1, make_score_sheet

if TYPE_CHECKING:
    from ft_core import Answer, ScoreSheet

__all__ = ["match_labels", "score_outputs"]

_Tie: TypeAlias = Mapping[str, str]

_PAIR = ("agent", "target")

_TIES = {
    SetF1("pair_f1"): _PAIR,
    SetF1("pair_level1_f1"): ("agent", "target", "relationship_level1"),
    SetF1("triple_f1"): ("agent", "target", "relationship_level1", "relationship_level2"),
}
"""What makes two ties the same, for each metric; level 2 implies level 1."""

_SENTIMENT = Accuracy("sentiment_accuracy")

_NO_PAIR = "the answer does not tie this agent to this target"

_LABELS = ("relationship_level1", "relationship_level2", "sentiment")


def score_outputs(answers: Sequence[Answer]) -> ScoreSheet:
    """Count the ties that are right, ever more closely looked at, and the sentiments of the pairs that gold and answer have."""
    return make_score_sheet([_count(answer) for answer in answers], [*_TIES, _SENTIMENT])


def _count(answer: Answer) -> ScoreRow:
    row, gold = ScoreRow(), answer.expected["relationships"]
    predicted = (answer.predicted or {}).get("relationships", [])
    for metric, keys in _TIES.items():
        metric.compare(row, [_pick(tie, keys) for tie in gold], [_pick(tie, keys) for tie in predicted])
    _compare_matched(row, gold, predicted)
    return row


def _compare_matched(row: ScoreRow, gold: Sequence[_Tie], predicted: Sequence[_Tie]) -> None:
    """Compare the labels of the ties whose agent and target are in gold and answer."""
    given = {_pick(tie, _PAIR) for tie in predicted}
    for number, tie in enumerate(gold):
        if _pick(tie, _PAIR) not in given:
            row.leave_out(f"$.relationships[{number}].sentiment", _NO_PAIR, (_SENTIMENT.name,))
    for key in _LABELS:
        for truth, label in _match_ties(gold, predicted, key):
            row.pair(key, truth, label)
            if key == "sentiment":
                _SENTIMENT.compare(row, truth, label)


def _pick(tie: _Tie, keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(tie[key] for key in keys)


def _match_ties(gold: Sequence[_Tie], predicted: Sequence[_Tie], key: str) -> Iterator[tuple[str, str | None]]:
    truth, given = _group(gold, key), _group(predicted, key)
    for pair, labels in truth.items():
        if pair in given:
            yield from match_labels(labels, given[pair])


def _group(ties: Sequence[_Tie], key: str) -> dict[tuple[str, ...], list[str]]:
    grouped: dict[tuple[str, ...], list[str]] = {}
    for tie in ties:
        grouped.setdefault(_pick(tie, _PAIR), []).append(tie[key])
    return grouped


def match_labels(gold: Sequence[str], predicted: Sequence[str]) -> list[tuple[str, str | None]]:
    """Return each gold label with the predicted one that it is matched with: an equal one, else the next that is left, or None.

    >>> match_labels(["ally", "spouse"], ["spouse"])
    [('spouse', 'spouse'), ('ally', None)]
    """
    left, matched, missed = list(predicted), [], []
    for label in gold:
        if label in left:
            left.remove(label)
            matched.append((label, label))
        else:
            missed.append(label)
    return [*matched, *((label, left.pop(0) if left else None) for label in missed)]
