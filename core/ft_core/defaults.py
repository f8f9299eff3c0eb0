"""Core's own answers to the hooks that a step may leave out; asked after every step's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ft_core.answer_repair import Repaired
from ft_core.example import Answer, Output
from ft_core.hookspecs import hookimpl
from ft_core.lora import LoraSettings
from ft_core.scores import ScoreSheet
from ft_core.scoring.field_comparison import BLANK_GOLD
from ft_core.scoring.mean_score import Accuracy, MeanScore
from ft_core.scoring.metric import make_score_sheet
from ft_core.scoring.score_row import ScoreRow

__all__ = ["configure_lora", "narrow_schema", "repair_output", "score_outputs"]

_EXACT_MATCH = MeanScore("exact_match")

_BLANK: tuple[object, ...] = ("", [])

_MISSING = object()
"""Unlike every gold value, null included."""


@hookimpl(trylast=True)
def configure_lora(settings: LoraSettings) -> LoraSettings:
    """Use the settings of the configuration as they are."""
    return settings


@hookimpl(trylast=True)
def narrow_schema() -> dict[str, Any]:
    """Narrow nothing, which an empty schema says: None would be an error."""
    return {}


@hookimpl(trylast=True)
def repair_output(output: Output) -> Repaired:
    """Leave nothing out. What a hook changed before it answered None shows in the answer, and is told as its fault."""
    return Repaired(output)


@hookimpl(trylast=True)
def score_outputs(answers: Sequence[Answer]) -> ScoreSheet:
    """Score by exact match: each key whose gold value is not blank, and all of these keys together."""
    keys = dict.fromkeys(key for answer in answers for key in answer.expected)
    by_key = {key: Accuracy(f"{key}_accuracy") for key in keys}
    return make_score_sheet([_count(answer, by_key) for answer in answers], [_EXACT_MATCH, *by_key.values()])


def _count(answer: Answer, by_key: Mapping[str, Accuracy]) -> ScoreRow:
    row, predicted = ScoreRow(), answer.predicted or {}
    pairs = [(key, gold, predicted.get(key, _MISSING)) for key, gold in answer.expected.items()]
    scored = [pair for pair in pairs if pair[1] not in _BLANK]
    for key in (key for key, gold, _ in pairs if gold in _BLANK):
        row.leave_out(f"$.{key}", BLANK_GOLD, (_EXACT_MATCH.name, by_key[key].name))
    for key, gold, given in scored:
        by_key[key].compare(row, gold, given)
    if scored:
        _EXACT_MATCH.add(row, float(all(gold == given for _, gold, given in scored)))
    return row
