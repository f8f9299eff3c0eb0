"""A training as it would go: what is learnt, in which packs, and what memory it takes. No weights are loaded for it."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData, TrainingData
from ft_core.engine.attention_window import find_windows
from ft_core.engine.chat import Chat
from ft_core.engine.example_choice import choose_examples
from ft_core.engine.memory.fit import Fit, fit_workloads
from ft_core.engine.memory.model import MemoryEstimate, estimate_memory
from ft_core.engine.memory.parameter import count_base
from ft_core.engine.memory.shape import ModelShape, read_shape
from ft_core.engine.memory.target import Target, find_target
from ft_core.engine.memory.unloaded_base import UnloadedBase, read_base
from ft_core.engine.memory.way import choose_way
from ft_core.engine.memory.workload import Workload
from ft_core.engine.pack.packing_choice import choose_packing
from ft_core.engine.row_cache import cached_rows
from ft_core.engine.rows import Rows, tell_longest
from ft_core.engine.schedule import plan_schedule
from ft_core.errors import FtCoreError, NoExamplesError
from ft_core.step import Step

__all__ = ["StepPlan", "TrainingPlan", "plan_training"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StepPlan:
    """How one step would be trained.

    Attributes:
        shape: the base model's.
        workload: its rows, schedule and adapter.
        fit: packs, checkpointing and memory.
        rows: the training rows, with the number of those that are left out because they are too long.
        val_examples: validation examples.
        epochs: passes over the examples, fewer than asked for where ``max_steps`` ends them.
    """

    shape: ModelShape
    workload: Workload
    fit: Fit
    rows: Rows
    val_examples: int
    epochs: float

    @property
    def too_long(self) -> int:
        """How many training examples are left out because they are too long."""
        return self.rows.too_long

    @property
    def first_step(self) -> MemoryEstimate:
        """The memory of the first optimizer step, whose packs may be smaller than the largest."""
        packs = self.workload.measure(self.fit.packing.budget, 1)
        return estimate_memory(self.shape, packs.largest, self.workload.settings, self.fit.way)

    def as_json(self) -> dict[str, Any]:
        """Return the plan as JSON values; memory in bytes."""
        schedule, fit = self.workload.schedule, self.fit
        lengths = [len(row.input_ids) for row in self.workload.rows]
        steps_per_epoch = -(-len(lengths) // schedule.batch)
        return {
            "examples": {"train": len(lengths), "val": self.val_examples, "too_long": self.too_long},
            "row_tokens": {"min": min(lengths), "median": statistics.median_low(lengths), "max": max(lengths)},
            "prefix_tokens": fit.packing.prefix,
            "packing": fit.packing.kind,
            "packing_reason": fit.packing.reason or None,
            "pack_tokens": fit.packing.budget,
            "largest_pack_tokens": fit.packs.largest.tokens,
            "packs_per_optimizer_step": round(fit.packs.per_step, 2),
            "packs_per_epoch": round(fit.packs.per_step * steps_per_epoch),
            "epochs": round(self.epochs, 2),
            "optimizer_steps": schedule.steps,
            "effective_batch": schedule.batch,
            "checkpointing": fit.way.checkpointing,
            "memory": fit.estimate.as_json(),
            "changes": list(fit.changes),
        }


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How a run would go.

    Attributes:
        target: the device.
        base: the base model's name.
        parameters: how many it has.
        load_in_4bit: whether it is loaded in 4 bits.
        steps: the plan of each step, by name, in the order of training.
        skipped: steps without training examples.
        changes: what differs for all steps from what was asked for, in words.
        chat: the base's tokenizer and template, for training to go on with.
    """

    target: Target
    base: str
    parameters: int
    load_in_4bit: bool
    steps: dict[str, StepPlan]
    skipped: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    chat: Chat | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the plan as JSON values; memory in bytes."""
        return {
            "device": self.target.as_json(),
            "base": {"name": self.base, "parameters": self.parameters},
            "load_in_4bit": self.load_in_4bit,
            "changes": list(self.changes),
            "steps": {name: plan.as_json() for name, plan in self.steps.items()},
            "skipped": list(self.skipped),
        }


def plan_training(
    data: TrainingData,
    steps: Sequence[Step],
    config: FineTuneConfig,
    *,
    may_quantize: bool | None = None,
    strict: bool = True,
) -> TrainingPlan:
    """Plan a training, with the rows, packs and order that it would have, and fit it to a memory.

    Args:
        data: what would be trained on.
        steps: in the order in which they would be trained.
        config: what is asked for; where ``gpu_memory`` is set, for a GPU with so much of it, which need not be there.
        may_quantize: whether the base may be loaded in 4 bits though that was not asked for; None: unless
            ``load_in_4bit: false`` was written out.
        strict: whether every step must have a plan that fits. Otherwise a step that cannot be planned is left out, and one
            that does not fit gets the plan that takes least.

    Raises:
        NoExamplesError: no step has training examples.
        UsageError: a size of GPU memory is given, and training on the CPU is asked for.
        UnknownShapeError: the base's memory cannot be estimated.
        TrainingError: training is not possible, or does not fit into the memory.
    """
    target = find_target(config)
    base = read_base(config, target.device)
    shape = read_shape(base.config)
    kept = {step.name: data.steps.get(step.name, StepData(())) for step in steps}
    work: list[Workload] = []
    rows: dict[str, Rows] = {}
    for step in steps:
        if kept[step.name].train:
            try:
                rows[step.name] = _make_rows(base, step.name, kept[step.name], config)
                work.append(_gather(base, step, kept[step.name], rows[step.name], config))
            except FtCoreError:  # training meets it again, and then tells of it
                if strict:
                    raise
    if not work:
        raise NoExamplesError("No step has training examples; there is nothing to plan.")
    ways = [choose_way(config, target.device, base.config, each.packing.kind, base.stand_in.backend) for each in work]
    if may_quantize is None:
        may_quantize = "load_in_4bit" not in config.model_fields_set
    fits = fit_workloads(shape, work, ways, target, may_quantize=may_quantize, must_fit=strict)
    plans = {
        each.step: StepPlan(shape, each, fit, rows[each.step], len(kept[each.step].val), _count_epochs(each))
        for each, fit in zip(work, fits, strict=True)
    }
    skipped = tuple(name for name, texts in kept.items() if not texts.train)
    in_4bit = fits[0].way.in_4bit
    changes = ("the base is loaded in 4 bit",) if in_4bit and not config.load_in_4bit else ()
    return TrainingPlan(target, base.name, count_base(shape).total, in_4bit, plans, skipped, changes, base.chat)


def _make_rows(base: UnloadedBase, step: str, data: StepData, config: FineTuneConfig) -> Rows:
    texts, _ = choose_examples(data, config)
    rows = cached_rows(base.chat, step, texts, config, base.context)
    if not rows.rows:
        raise NoExamplesError(
            f"Step {step!r}: all {rows.too_long} examples are too long and were skipped. Raise --max-seq-length."
        )
    tell_longest(step, rows, config)
    return rows


def _gather(base: UnloadedBase, step: Step, data: StepData, rows: Rows, config: FineTuneConfig) -> Workload:
    _, shown = choose_examples(data, config)
    settings = step.configure_lora(config.lora, shown)
    packing = choose_packing(step.name, base.stand_in, rows.rows, settings, config)
    schedule = plan_schedule(step.name, len(rows.rows), config)
    windows = [each for each in find_windows(base.config) or () if each]
    return Workload(step.name, rows.rows, packing, schedule, settings, config.seed, min(windows, default=None))


def _count_epochs(workload: Workload) -> float:
    schedule = workload.schedule
    return schedule.steps / -(-len(workload.rows) // schedule.batch)
