"""Core's own answers to the hooks that a step may leave out; asked after every step's."""

from __future__ import annotations

from collections.abc import Sequence

from ft_core.example import Answer
from ft_core.hookspecs import hookimpl
from ft_core.lora import LoraSettings
from ft_core.scores import Counts, ScoreSheet

__all__ = ["configure_lora", "score_outputs"]


@hookimpl(trylast=True)
def configure_lora(settings: LoraSettings) -> LoraSettings:
    """Use the settings of the configuration as they are."""
    return settings


@hookimpl(trylast=True)
def score_outputs(answers: Sequence[Answer]) -> ScoreSheet:
    """Score by exact match: the whole answer, and each key whose gold value is not blank."""
    return ScoreSheet([_count(answer) for answer in answers], _divide)


def _count(answer: Answer) -> Counts:
    predicted = answer.predicted or {}
    counts = {"n": 1.0, "right": float(predicted == answer.expected)}
    for key, gold in answer.expected.items():
        if gold not in ("", []):
            counts[f"n:{key}"] = 1.0
            counts[f"right:{key}"] = float(predicted.get(key) == gold)
    return counts


def _divide(sums: Counts) -> dict[str, float]:
    keys = [name.removeprefix("n:") for name in sums if name.startswith("n:")]
    metrics = {"exact_match": sums["right"] / sums["n"]} if sums["n"] else {}
    return metrics | {f"{key}_accuracy": sums[f"right:{key}"] / sums[f"n:{key}"] for key in keys}
