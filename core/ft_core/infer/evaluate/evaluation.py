"""Letting every system answer every case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ft_core.corpus.reporting.report_number import count_things
from ft_core.example import Example
from ft_core.infer.answerer import Answerer
from ft_core.infer.evaluate.asking import ask_model
from ft_core.infer.evaluate.attempt import Attempt, attempt_baseline
from ft_core.infer.evaluate.baseline.item_labels import ItemLabels
from ft_core.infer.evaluate.baseline.majority import FrequentAnswer
from ft_core.infer.evaluate.baseline.tfidf import LabelClassifier, can_classify
from ft_core.infer.evaluate.case import Case
from ft_core.infer.evaluate.material import Material
from ft_core.infer.evaluate.pipeline_system import run_steps
from ft_core.infer.evaluate.system import SYSTEMS, System
from ft_core.step import Step

__all__ = ["Evaluation", "Say", "answer_in_a_row", "answer_with_baselines", "answer_with_model"]

Say = Callable[[str], None]
"""Told what goes on."""


@dataclass(slots=True)
class Evaluation:
    """The answers of all systems.

    Attributes:
        material: what was asked.
        attempts: by step and system, one for each case.
        missing: why a system has no answers to a step, by step and system.
    """

    material: Material
    attempts: dict[str, dict[System, list[Attempt]]] = field(default_factory=dict)
    missing: dict[str, dict[System, str]] = field(default_factory=dict)

    def add(self, step: str, system: System, attempts: Sequence[Attempt]) -> None:
        """Add the answers of a system to a step's cases; systems stay in the order in which they are shown."""
        held = {**self.attempts.get(step, {}), system: [*attempts]}
        self.attempts[step] = {each: held[each] for each in SYSTEMS if each in held}

    def list_asked(self) -> Iterator[tuple[Step, list[Case]]]:
        """Yield the steps that have cases."""
        return ((step, cases) for step in self.material.steps if (cases := self.material.cases[step.name]))


def answer_with_baselines(evaluation: Evaluation, seed: int) -> None:
    """Add the answers that need no language model.

    Raises:
        HookError: a step's ``validate_output`` fails.
    """
    for step, cases in evaluation.list_asked():
        train = evaluation.material.train[step.name]
        frequent = FrequentAnswer(step, train)
        answers = [frequent.answer(case.example.inputs) for case in cases]
        evaluation.add(step.name, "majority", _attempt(step, cases, answers))
        reason = _find_obstacle(frequent)
        if reason:
            evaluation.missing.setdefault(step.name, {})["tfidf"] = reason
            continue
        told = answers
        of_items = {field.name for fields in frequent.item_fields.values() for field in fields}
        if not of_items.issuperset(frequent.table.fields):
            texts = [_read_user_text(case.example) for case in cases]
            labels = LabelClassifier([_read_user_text(each) for each in train], frequent.table, seed).choose(texts)
            told = [frequent.answer(case.example.inputs, each) for case, each in zip(cases, labels, strict=True)]
        if frequent.item_fields:  # an answer that its labels made invalid may be valid with those of its items
            told = [one or other for one, other in zip(told, answers, strict=True)]
        for keys, fields in frequent.item_fields.items():
            items = ItemLabels(train, keys, fields, seed)
            told = [output and items.relabel(output) for output in told]
        evaluation.add(step.name, "tfidf", _attempt(step, cases, told))


def answer_with_model(
    evaluation: Evaluation,
    answerer: Answerer,
    *,
    unconstrained: bool = False,
    left_out: Mapping[str, Collection[str]] | None = None,
    say: Say = lambda message: None,
) -> None:
    """Add the answers of the base and of the adapters, shown gold inputs.

    Raises:
        HookError: a step fails.
    """
    ways: list[tuple[System, bool, bool]] = [("base", False, True), ("adapter", True, True)]
    if unconstrained:
        ways.append(("adapter_unconstrained", True, False))
    for step, cases in evaluation.list_asked():
        hidden = (left_out or {}).get(step.name, ())
        for system, adapter, constrained in ways:
            say(f"{step.name}: {system.replace('_', ', ')} answers {count_things(len(cases), 'prompt')}")
            given = ask_model(step, cases, answerer, adapter=adapter, constrained=constrained, left_out=hidden)
            evaluation.add(step.name, system, given)


def answer_in_a_row(
    evaluation: Evaluation,
    steps: Sequence[Step],
    answerer: Answerer,
    *,
    left_out: Mapping[str, Collection[str]] | None = None,
    say: Say = lambda message: None,
) -> None:
    """Add the answers of the adapters in a row.

    Args:
        evaluation: what was asked.
        steps: all that have an adapter, in the order in which they run; those after the last one that is measured do not run.
        answerer: who answers.
        left_out: by step, names of inputs that are shown empty.
        say: told what goes on.

    Raises:
        HookError: a step fails.
    """
    measured = {step.name: cases for step, cases in evaluation.list_asked()}
    last = max((number for number, step in enumerate(steps) if step.name in measured), default=-1)
    running = steps[: last + 1]
    say(f"pipeline: {' → '.join(step.name for step in running)}")
    for name, attempts in run_steps(running, measured, answerer, left_out).items():
        evaluation.add(name, "pipeline", attempts)


def _attempt(step: Step, cases: Sequence[Case], outputs: Sequence[object]) -> list[Attempt]:
    return [
        attempt_baseline(step, case, output if isinstance(output, Mapping) else None)
        for case, output in zip(cases, outputs, strict=True)
    ]


def _read_user_text(example: Example) -> str:
    """Return the user text of a prompt; the system text is the same in all."""
    return example.prompt.user if example.prompt else ""


def _find_obstacle(frequent: FrequentAnswer) -> str | None:
    if not any(len(seen) > 1 for seen in frequent.labels_seen.values()):
        return "the step has no closed list of which the training tales have two labels"
    if not can_classify():
        return "scikit-learn is not installed; install it with: pip install 'ft-core[evaluate]'"
    return None
