"""``results.json``: all that an evaluation tells, as one JSON object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft_core.corpus.reporting.report_number import count_things
from ft_core.engine.run_file import RunRecord
from ft_core.infer.evaluate.breakdown import break_down
from ft_core.infer.evaluate.case import Case
from ft_core.infer.evaluate.confusion import count_confusion
from ft_core.infer.evaluate.evaluation import Evaluation
from ft_core.infer.evaluate.interval import LEVEL, RESAMPLES
from ft_core.infer.evaluate.measure import Measure, score_systems
from ft_core.infer.evaluate.system import SYSTEMS, System
from ft_core.infer.evaluate.validity import count_valid
from ft_core.infer.evaluate.worst import find_worst
from ft_core.scores import ScoreSheet
from ft_core.step import Step

__all__ = ["FEW_TALES", "FORMAT", "Setting", "build_results"]

FORMAT = 1
"""Of ``results.json``; to be raised when a key changes its meaning."""

FEW_TALES = 10
"""With fewer tales an interval says little: there are not enough different resamples."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Under what an evaluation was made.

    Attributes:
        folder: the run's.
        record: its ``run.json``.
        split: the tales that were measured on.
        seed: of the choice of cases and of the resamples.
        limit: cases a step, at most; None for all.
        resamples: of the bootstrap, and exchanges of the permutation test, at most.
        drift: what is not as it was when the adapters were trained, though they were measured.
    """

    folder: Path
    record: RunRecord
    split: str
    seed: int
    limit: int | None = None
    resamples: int = RESAMPLES
    drift: Sequence[str] = ()


def build_results(evaluation: Evaluation, setting: Setting) -> dict[str, Any]:
    """Score all answers and return what is told of them.

    Raises:
        HookError: a step's ``score_outputs`` fails.
    """
    material = evaluation.material
    steps = {step.name: _tell_step(evaluation, step, cases, setting) for step, cases in evaluation.list_asked()}
    return {
        "format": FORMAT,
        "run": {
            "folder": setting.folder.name,
            "base": dict(setting.record.base),
            "steps": dict(setting.record.distributions),
        },
        "split": setting.split,
        "settings": {
            "seed": setting.seed,
            "limit": setting.limit,
            "level": LEVEL,
            "resamples": setting.resamples,
        },
        "tales": [_tell_tale(story, material.new) for story in material.stories],
        "left_out": [each.as_json() for each in material.left_out],
        "refusals": [refusal.as_json() for refusal in material.refusals],
        "systems": {name: SYSTEMS[name] for name in SYSTEMS if any(name in step["systems"] for step in steps.values())},
        "without_cases": {step.name: material.skipped[step.name] for step in material.steps if not material.cases[step.name]},
        "warnings": list(_warn(setting, steps)),
        "steps": steps,
    }


def _tell_tale(story: Any, new: frozenset[str]) -> dict[str, Any]:
    return {
        "id": story.id,
        "title": story.title,
        "culture": story.culture,
        "language": story.language,
        "events": len(story.events),
        "is_new": story.id in new,
    }


def _tell_step(evaluation: Evaluation, step: Step, cases: Sequence[Case], setting: Setting) -> dict[str, Any]:
    attempts = evaluation.attempts[step.name]
    sheets = score_systems(step, cases, attempts)
    measure = Measure(cases, sheets, attempts, setting.seed, setting.resamples)
    valid = {system: count_valid(given) for system, given in attempts.items()}
    free = valid.get("adapter_unconstrained")
    return {
        "title": step.info.title,
        "primary": step.info.primary_metric,
        "cases": len(cases),
        "tales": measure.tales,
        "trained_on": setting.record.steps[step.name].examples,
        "systems": list(attempts),
        **{system: measure.tell(system) for system in attempts},
        "difference": {name: measure.compare(*pair) for name, pair in _PAIRS.items() if set(pair) <= set(attempts)},
        "valid": valid,
        "valid_unconstrained": free["share"] if free else None,
        **break_down(cases, sheets),
        "confusion": {system: count_confusion(sheet) for system, sheet in sheets.items() if system in _CONFUSED},
        "worst": find_worst(cases, attempts["adapter"], sheets["adapter"], step.info.primary_metric)
        if "adapter" in sheets
        else [],
        "not_scored": _count_left_out(sheets),
        "skipped": evaluation.material.skipped[step.name],
        "missing": evaluation.missing.get(step.name, {}),
    }


_PAIRS: Mapping[str, tuple[System, System]] = {
    "adapter - base": ("adapter", "base"),
    "adapter - majority": ("adapter", "majority"),
    "adapter - tfidf": ("adapter", "tfidf"),
    "adapter - shuffled": ("adapter", "shuffled"),
    "pipeline - adapter": ("pipeline", "adapter"),
}
"""The differences that are told; the last one is what predicted inputs cost."""

_CONFUSED: frozenset[System] = frozenset({"adapter", "base"})


def _count_left_out(sheets: Mapping[System, ScoreSheet]) -> dict[str, int]:
    """Return how many gold values were not scored, by reason; they are the same for every system."""
    first = next(iter(sheets.values()))
    counts = Counter(each.reason for each in first.left_out)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _warn(setting: Setting, steps: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield from (f"Not as in training, and used with --allow-drift: {each}." for each in setting.drift)
    if setting.split == "train":
        yield "These are the tales that the adapters were trained on; the figures say nothing about other tales."
    elif setting.split == "val":
        yield "These are the validation tales, by which the best weights of each adapter were chosen."
    few = [f"{name} ({step['tales']})" for name, step in steps.items() if step["tales"] < FEW_TALES]
    if few:
        yield f"Fewer than {FEW_TALES} tales, so that intervals and p values are rough: {', '.join(few)}."
    if setting.limit is not None:
        yield f"Each step was asked about at most {count_things(setting.limit, 'case')}."
    for name, step in steps.items():
        if step["primary"] not in step.get("adapter", {step["primary"]: None}):
            yield f"Step {name} names the primary metric {step['primary']!r}, which its scores do not have."
