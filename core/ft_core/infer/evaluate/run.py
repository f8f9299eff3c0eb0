"""Evaluating a run from beginning to end: tales, answers, scores, files."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ft_core.atomic import make_folder, write_text
from ft_core.corpus.reporting.report_number import count_things
from ft_core.engine.run_file import RunRecord
from ft_core.errors import OutputError
from ft_core.infer.evaluate.answer_record import write_answers
from ft_core.infer.evaluate.asking import ask_model
from ft_core.infer.evaluate.evaluation import (
    Evaluation,
    Say,
    answer_in_a_row,
    answer_with_baselines,
    answer_with_model,
)
from ft_core.infer.evaluate.material import gather_material
from ft_core.infer.evaluate.opening import Open, open_adapters
from ft_core.infer.evaluate.option import EvaluationOptions
from ft_core.infer.evaluate.origin import Origin, read_origin
from ft_core.infer.evaluate.page.evaluation_page import render_evaluation
from ft_core.infer.evaluate.result import Setting, build_results
from ft_core.infer.evaluate.sanity import train_on_shuffled_gold
from ft_core.infer.trained_step import choose_trained
from ft_core.pipeline_prompts import use_module
from ft_core.step import Step, load_steps

__all__ = ["ANSWERS", "PAGE", "REPORT_FOLDER", "RESULTS", "evaluate_run"]

REPORT_FOLDER = "_evaluation"
"""In the folder of the run; no step can have this name."""

RESULTS = "results.json"
PAGE = "evaluation.html"
ANSWERS = "answers"


def evaluate_run(
    folder: str | Path,
    options: EvaluationOptions | None = None,
    *,
    report_dir: str | Path | None = None,
    open_run: Open = open_adapters,
    say: Say = lambda message: None,
) -> dict[str, Any]:
    """Measure the adapters of a run, and write ``results.json``, ``evaluation.html`` and ``answers/{step}.jsonl``.

    Args:
        folder: the output folder of a training.
        options: what to do; the defaults where None.
        report_dir: where to write; None takes ``_evaluation`` in the run's folder.
        open_run: opens the run to be asked.
        say: told what goes on.

    Returns:
        What ``results.json`` holds.

    Raises:
        OutputError: the folder holds no run or no trained step, or the report cannot be written.
        UnknownStepError: a step that was named is not part of the run, or not installed.
        NoHeldOutTalesError: no tale is there that may be measured on.

    Other errors are those of reading tales, of opening a run and of the steps' hooks.
    """
    work = _start(Path(folder), options or EvaluationOptions(), Path(report_dir) if report_dir else None)
    make_folder(work.report)  # first: hours of answers are not to be lost to a folder that cannot be written
    evaluation = Evaluation(gather_material(work.origin, work.steps, work.options, work.seed))
    answer_with_baselines(evaluation, work.seed)
    drift = _answer(work, evaluation, open_run, say)
    if work.options.sanity:
        _check_sanity(work, evaluation, open_run, say)
    chosen = work.options
    setting = Setting(work.origin.folder, work.origin.record, chosen.split, work.seed, chosen.limit, chosen.resamples, drift)
    results = build_results(evaluation, setting)
    _write(results, evaluation, work.report)
    return results


@dataclass(frozen=True, slots=True)
class _Work:
    origin: Origin
    options: EvaluationOptions
    steps: Sequence[Step]
    report: Path
    seed: int


def _start(folder: Path, options: EvaluationOptions, report: Path | None) -> _Work:
    origin = read_origin(folder)
    use_module(origin.config.prompts_module)  # first: what a step says of itself may follow from it
    names = _list_trained(folder, origin.record, options.steps)
    seed = origin.config.seed if options.seed is None else options.seed
    return _Work(origin, options, load_steps().select(names), report or folder / REPORT_FOLDER, seed)


def _list_trained(folder: Path, record: RunRecord, wanted: Sequence[str]) -> list[str]:
    trained = [name for name, step in record.steps.items() if step.status == "done"]
    if not trained:
        raise OutputError(f"The run in {folder} has no trained step. Train it, or go on with ft-core train --resume.")
    return choose_trained(folder, trained, wanted)


def _answer(work: _Work, evaluation: Evaluation, open_run: Open, say: Say) -> tuple[str, ...]:
    """Ask the model, and return what is not as it was when the adapters were trained."""
    measured = [step.name for step in work.steps]
    names = _list_trained(work.origin.folder, work.origin.record, ()) if work.options.pipeline else measured
    opened = open_run(work.origin.folder, names, work.options.device, allow_drift=work.options.allow_drift)
    for warning in opened.warnings:
        say(f"Warning: {warning}")
    hidden = opened.left_out
    answer_with_model(evaluation, opened.answerer, unconstrained=work.options.unconstrained, left_out=hidden, say=say)
    if work.options.pipeline:
        answer_in_a_row(evaluation, opened.steps, opened.answerer, left_out=hidden, say=say)
    return tuple(opened.warnings)


def _check_sanity(work: _Work, evaluation: Evaluation, open_run: Open, say: Say) -> None:
    gc.collect()  # the base model of the run goes before it is loaded again
    asked = list(evaluation.list_asked())
    say("shuffled: adapters are trained on shuffled gold")
    folder = train_on_shuffled_gold(work.origin, [step for step, _ in asked], work.seed, work.report)
    opened = open_run(folder, [step.name for step, _ in asked], work.options.device, allow_drift=work.options.allow_drift)
    for step, cases in asked:
        say(f"{step.name}: shuffled answers {count_things(len(cases), 'prompt')}")
        evaluation.add(step.name, "shuffled", ask_model(step, cases, opened.answerer))


def _write(results: dict[str, Any], evaluation: Evaluation, report: Path) -> None:
    write_answers(evaluation, report / ANSWERS)
    write_text(report / RESULTS, json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    write_text(report / PAGE, render_evaluation(results, evaluation))
