"""The figures of ``bench/learning.py``: of each seed, of all seeds together, and a summary by step."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from learning_worker import Asked

from ft_core.engine.run_file import RunRecord, StepRecord
from ft_core.infer.evaluate.evaluation import Evaluation
from ft_core.infer.evaluate.material import Material
from ft_core.infer.evaluate.result import Setting, build_results
from ft_core.infer.evaluate.system import System
from ft_core.step import Step

SYSTEMS: tuple[System, ...] = ("adapter", "base", "majority", "tfidf")
SEEDLESS: tuple[System, ...] = ("majority", "tfidf", "base")
"""Those that answer the same whatever the seed."""

KEPT = ("primary", "cases", "tales", *SYSTEMS, "difference", "valid")
"""What is kept of a step's results: figures, and nothing of the tales."""

Answers = Mapping[str, Asked]
"""By step."""

Measured = Mapping[int, Mapping[int, Answers]]
"""By seed and fold."""


def join(answers: Measured, seeds: Sequence[int], steps: Sequence[Step]) -> Evaluation:
    """Put the answers of some seeds, and of all folds, side by side; a case is there once for each seed."""
    first = answers[min(answers)]
    parts = [(answers[seed][fold], first[fold]) for seed in seeds for fold in sorted(first)]
    material = Material(steps, [], frozenset(), [], [])
    evaluation = Evaluation(material)
    for step in steps:
        held = [(part[step.name], shared[step.name]) for part, shared in parts if step.name in part]
        material.cases[step.name] = [case for part, _ in held for case in part.cases]
        material.skipped[step.name], material.train[step.name] = {}, []
        if not held:
            continue
        for system in SEEDLESS:
            if all(system in shared.attempts for _, shared in held):
                evaluation.add(step.name, system, [one for _, shared in held for one in shared.attempts[system]])
        evaluation.add(step.name, "adapter", [one for part, _ in held for one in part.attempts["adapter"]])
    return evaluation


def tell(evaluation: Evaluation, base: str) -> dict[str, Any]:
    """Return an evaluation's figures in the shape of ``ft-core evaluate --json``, without anything of the tales."""
    trained = {step.name: StepRecord("done") for step in evaluation.material.steps}  # of several runs: what they have in common
    setting = Setting(Path(base), RunRecord({"name": base}, {}, 0, steps=trained), "test", 0)
    steps = build_results(evaluation, setting)["steps"]
    return {name: {key: step[key] for key in KEPT if key in step} for name, step in steps.items()}


def gather(measured: Measured, steps: Sequence[Step], title: str, folds: int) -> dict[str, Any]:
    """Return the figures of each seed that has all folds, those of these seeds together, and a summary by step."""
    seeds = [seed for seed in measured if len(measured[seed]) == folds]
    if not seeds:
        raise SystemExit("No seed has answers of all folds; look at the logs.")
    results = {str(seed): tell(join(measured, [seed], steps), title) for seed in seeds}
    together = tell(join(measured, seeds, steps), title)
    return {
        "name": f"learning, {title}",
        "seeds_measured": seeds,
        "steps": {name: summarise(name, step, results.values()) for name, step in together.items()},
        "all_seeds": together,
        "results": results,
    }


def summarise(name: str, together: Mapping[str, Any], results: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the primary metric of a step: every system's mean over the seeds, and the differences over all seeds."""
    primary, of_seeds = together["primary"], [result[name] for result in results]
    found: dict[str, Any] = {"primary": primary, "cases": of_seeds[0]["cases"], "gold": of_seeds[0]["adapter"][primary]["n"]}
    for system in SYSTEMS:
        values = [step[system][primary]["value"] for step in of_seeds if system in step]
        known = [value for value in values if value is not None]
        found[system] = {"mean": round(statistics.mean(known), 4), "seeds": values} if known else None
    differences = together["difference"].items()
    return {**found, "difference": {pair: metrics[primary] for pair, metrics in differences if primary in metrics}}


def print_summary(steps: Mapping[str, Any]) -> None:
    """Print the means, and the differences with their intervals."""
    for name, step in steps.items():
        means = {system: step[system]["mean"] for system in SYSTEMS if step[system]}
        print(name, step["primary"], json.dumps(means), json.dumps(step["difference"]), flush=True)
