"""The answers of all systems, kept line by line so that they can be looked at one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ft_core.atomic import open_complete
from ft_core.infer.evaluate.attempt import Attempt
from ft_core.infer.evaluate.case import Case
from ft_core.infer.evaluate.evaluation import Evaluation
from ft_core.infer.evaluate.system import System

__all__ = ["write_answers"]


def write_answers(evaluation: Evaluation, folder: Path) -> None:
    """Write ``{step}.jsonl`` for each step: a line for each case and system, in this order.

    Raises:
        OutputError: no space, no permission, or something in the way.
    """
    for step, _ in evaluation.list_asked():
        with open_complete(folder / f"{step.name}.jsonl") as file:
            for record in _list_records(evaluation, step.name):
                file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")


def _list_records(evaluation: Evaluation, step: str) -> Iterator[dict[str, Any]]:
    for number, case in enumerate(evaluation.material.cases[step]):
        for system, attempts in evaluation.attempts[step].items():
            yield _make_record(case, system, attempts[number])


def _make_record(case: Case, system: System, attempt: Attempt) -> dict[str, Any]:
    story, event = case.place
    return {
        "story": story,
        "event": event,
        "system": system,
        "gold": case.example.output,
        "predicted": attempt.output,
        "problems": [str(problem) for problem in attempt.problems],
        "repairs": [str(repair) for repair in attempt.repairs],
        "text": attempt.text,
        "ended": attempt.ended,
        "confidence": attempt.confidence,
        "inputs": case.example.inputs if attempt.inputs is None else attempt.inputs,
    }
