"""Fitting a training to a memory: a 4-bit base, smaller packs, checkpointing, in this order of harm.

None of these changes which examples an optimizer step learns from, or how much each of them counts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ft_core.engine.memory.computation import Computation
from ft_core.engine.memory.model import MemoryEstimate, estimate_memory
from ft_core.engine.memory.shape import ModelShape
from ft_core.engine.memory.target import Target
from ft_core.engine.memory.workload import Packs, Workload
from ft_core.engine.pack.plan import PackingPlan
from ft_core.errors import TrainingError
from ft_core.memory_size import format_size

__all__ = ["Fit", "fit_workloads"]

logger = logging.getLogger(__name__)

_SMALLER = 0.8
"""A pack that does not fit is tried again with this share of its tokens."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How one step is trained within a memory.

    Attributes:
        way: how the base is loaded and computed.
        packing: as was asked for, or with a smaller budget.
        packs: what the packs then are.
        estimate: the peak.
        changes: what differs from what was asked for, in words, but for the base, which all steps share.
        fits: whether the estimate is within the memory.
    """

    way: Computation
    packing: PackingPlan
    packs: Packs
    estimate: MemoryEstimate
    changes: tuple[str, ...] = ()
    fits: bool = True


def fit_workloads(
    shape: ModelShape,
    workloads: Sequence[Workload],
    ways: Sequence[Computation],
    target: Target,
    *,
    may_quantize: bool,
    must_fit: bool = True,
) -> list[Fit]:
    """Fit the steps of a run, which share one base, to a memory; a fit for each, in their order.

    Args:
        shape: the base model's.
        workloads: the steps' trainings.
        ways: how each would be computed where memory is no matter.
        target: what must not be exceeded.
        may_quantize: whether the base may be loaded in 4 bits where it would not be.
        must_fit: False gives a step that does not fit in any way the one that takes least.

    Raises:
        TrainingError: some step does not fit in any way, and it must.
        UnknownShapeError: the base's parameters cannot be counted.
    """
    asked = [_make_fit(shape, workload, way, workload.packing.budget) for workload, way in zip(workloads, ways, strict=True)]
    if all(_fits(fit, target) for fit in asked):
        return asked
    quantizes = may_quantize and target.device == "cuda" and not all(way.in_4bit for way in ways)
    return [
        _fit_one(shape, workload, replace(way, in_4bit=way.in_4bit or quantizes), target, must_fit=must_fit)
        for workload, way in zip(workloads, ways, strict=True)
    ]


def _fit_one(shape: ModelShape, workload: Workload, way: Computation, target: Target, *, must_fit: bool) -> Fit:
    fit = None
    for fit in _list_fits(shape, workload, way):
        if _fits(fit, target):
            return replace(fit, changes=tuple(_word_changes(fit, workload)))
    assert fit is not None  # noqa: S101  # the one that was asked for is always among them
    problem = _say_what_would(shape, workload, fit, target)
    if must_fit:
        raise TrainingError(problem)
    logger.warning("%s It is tried all the same, in the way that takes least.", problem)
    return replace(fit, changes=tuple(_word_changes(fit, workload)), fits=False)


def _list_fits(shape: ModelShape, workload: Workload, way: Computation) -> Iterator[Fit]:
    """Yield ever more harmful ways; on a CPU nothing is computed again, as in training."""
    for checkpointing in (False, True)[: 1 if way.device == "cpu" else 2]:
        computed = replace(way, checkpointing=checkpointing)
        for budget in _list_budgets(workload):
            yield _make_fit(shape, workload, computed, budget)


def _list_budgets(workload: Workload) -> Iterator[int]:
    """Yield what was asked for, then smaller budgets, down to the longest row."""
    yield workload.packing.budget
    if workload.packing.kind == "none":
        return
    budget = min(workload.packing.budget, workload.measure(workload.packing.budget).largest.tokens)
    while budget > workload.longest:
        budget = max(int(budget * _SMALLER), workload.longest)
        yield budget


def _make_fit(shape: ModelShape, workload: Workload, way: Computation, budget: int) -> Fit:
    packs = workload.measure(budget)
    packing = replace(workload.packing, budget=budget)
    return Fit(way, packing, packs, estimate_memory(shape, packs.largest, workload.settings, way))


def _fits(fit: Fit, target: Target) -> bool:
    return fit.estimate.total <= target.memory


def _word_changes(fit: Fit, workload: Workload) -> Iterator[str]:
    if fit.packing.budget != workload.packing.budget:
        yield f"packs have {fit.packing.budget} tokens at most, not {workload.packing.budget}"
    if fit.way.checkpointing:
        yield "activations are computed again in the backward pass"


def _say_what_would(shape: ModelShape, workload: Workload, least: Fit, target: Target) -> str:
    estimate, room = least.estimate, target.memory - least.estimate.base - least.estimate.adapter
    needed = estimate.total - estimate.base - estimate.adapter
    text = (
        f"Step {workload.step!r} does not fit into {format_size(target.memory)} ({target.name}): it takes at least "
        f"{format_size(estimate.total)}, of which the base takes {format_size(estimate.base)} and the adapter with its "
        f"optimizer {format_size(estimate.adapter)}. What would fit: "
    )
    ways = [f"a device with {format_size(estimate.total * 1.02)}", "a smaller base model"]
    if target.device == "cuda" and not least.way.in_4bit:
        ways.insert(0, "--load-in-4bit")
    if room > needed / 2:
        ways.insert(0, f"shorter rows than the longest of {workload.longest} tokens (--max-seq-length with --too-long skip)")
    return text + "; or ".join(ways) + "."
