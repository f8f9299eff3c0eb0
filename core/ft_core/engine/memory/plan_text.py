"""A plan as text for a terminal."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from ft_core.engine.memory.model import MemoryEstimate
from ft_core.engine.memory.plan import StepPlan, TrainingPlan
from ft_core.memory_size import format_size

__all__ = ["list_table", "list_words"]

_HEADER = (
    "step",
    "train",
    "val",
    "row tokens",
    "prefix",
    "packing",
    "pack",
    "packs/step",
    "steps",
    "epochs",
    "batch",
    "checkpointing",
    "memory",
)


def list_table(plan: TrainingPlan) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the header and the row of each step."""
    return _HEADER, [_make_row(name, step) for name, step in plan.steps.items()]


def list_words(plan: TrainingPlan) -> Iterator[str]:
    """Yield what stands around the table, line by line: the base and the device, then reasons, changes and memory."""
    kind = "4 bit" if plan.load_in_4bit else f"{8 * next(iter(plan.steps.values())).fit.way.width} bit"
    yield f"Base {plan.base}, {plan.parameters / 10**6:,.1f} million parameters, {kind}, on {plan.target.describe()}."
    if plan.changes:
        yield f"To fit the memory, {'; '.join(plan.changes)}."
    for name, step in plan.steps.items():
        if step.fit.packing.reason:
            yield f"Step {name}: packing {step.fit.packing.kind}, for {step.fit.packing.reason}."
        if step.fit.changes:
            yield f"Step {name}: to fit the memory, {'; '.join(step.fit.changes)}."
        if step.too_long:
            yield f"Step {name}: {step.too_long} rows are too long and are skipped."
    for name in plan.skipped:
        yield f"Step {name}: no training examples; it is skipped."
    largest = max(plan.steps, key=lambda name: plan.steps[name].fit.estimate.total)
    yield f"The most memory is for {largest}: {_word_parts(plan.steps[largest].fit.estimate)}."


def _make_row(name: str, step: StepPlan) -> tuple[str, ...]:
    work, fit = step.workload, step.fit
    lengths = [len(row.input_ids) for row in work.rows]
    return (
        name,
        str(len(lengths)),
        str(step.val_examples),
        f"{min(lengths)}/{statistics.median_low(lengths)}/{max(lengths)}",
        str(fit.packing.prefix),
        fit.packing.kind,
        f"{fit.packs.largest.tokens} of {fit.packing.budget}",
        f"{fit.packs.per_step:.1f}",
        str(work.schedule.steps),
        f"{step.epochs:.1f}",
        str(work.schedule.batch),
        "on" if fit.way.checkpointing else "off",
        format_size(fit.estimate.total),
    )


def _word_parts(estimate: MemoryEstimate) -> str:
    parts = {
        "the base": estimate.base,
        "the adapter with its optimizer": estimate.adapter,
        "activations": estimate.activations,
        "logits or a layer's gradients": estimate.workspace,
        "context and fragments": estimate.rest,
    }
    return f"{format_size(estimate.total)} = " + " + ".join(f"{format_size(size)} for {name}" for name, size in parts.items())
