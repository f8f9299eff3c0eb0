"""The answers of an adapter that were furthest from gold."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from ft_core.corpus.lot import draw_lot
from ft_core.infer.evaluate.attempt import Attempt
from ft_core.infer.evaluate.case import Case
from ft_core.scores import ScoreSheet

__all__ = ["SHOWN", "find_worst"]

SHOWN = 10
"""Worst answers of a step that are told."""


def find_worst(cases: Sequence[Case], attempts: Sequence[Attempt], sheet: ScoreSheet, primary: str) -> list[dict[str, Any]]:
    """Return the worst answers; of equal scores those that the model was surest of first, and then in an order drawn by lot.

    An answer's score is the primary metric of it alone, or the mean of all metrics where it has no such case; an answer without
    anything to score is passed over.

    Args:
        cases: what was asked.
        attempts: the answers.
        sheet: their scores.
        primary: the primary metric.
    """
    scored = [(number, score) for number in range(len(cases)) if (score := _score(sheet, number, primary)) is not None]
    wrong = [
        (score, -(attempts[number].confidence or 0.0), draw_lot(0, *cases[number].place), number)
        for number, score in scored
        if score < 1
    ]
    return [
        {"case": number, "story": cases[number].place[0], "event": cases[number].place[1], "score": score}
        for score, _, _, number in sorted(wrong)[:SHOWN]
    ]


def _score(sheet: ScoreSheet, number: int, primary: str) -> float | None:
    metrics = sheet.metrics([number])
    return metrics.get(primary, fmean(metrics.values())) if metrics else None
