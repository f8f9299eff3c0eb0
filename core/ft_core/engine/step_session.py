"""One step's adapter on the base model: attached, checked, trained, and told of."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.config import FineTuneConfig
from ft_core.engine.adapter import attached_adapter
from ft_core.engine.loading import LoadedBase
from ft_core.engine.loop.checkpoint import CheckpointStore
from ft_core.engine.loop.interruption import Interruption
from ft_core.engine.loop.optimization import LoopPlan, Optimization
from ft_core.engine.loop.tracker import Trackers
from ft_core.engine.loop.validation import mean_pack_loss
from ft_core.engine.loop.world import World
from ft_core.engine.memory import choose_checkpointing
from ft_core.engine.memory.first_peak import FirstPeak
from ft_core.engine.memory.plan import StepPlan
from ft_core.engine.pack.choice import choose_forward
from ft_core.engine.pack.packing_choice import pack_plainly
from ft_core.engine.pack.plan import PackingPlan
from ft_core.engine.pack.self_check import check_packs
from ft_core.engine.probe import choose_probe
from ft_core.engine.progress import TrainingLog, TrainingProgress, shown
from ft_core.engine.run_file import StepRecord
from ft_core.engine.step_work import StepWork

if TYPE_CHECKING:
    from peft import PeftModel

__all__ = ["StepSession"]

logger = logging.getLogger(__name__)


class StepSession:
    """The training of one step.

    Args:
        step: the step's name.
        config: what was asked for.
        loaded: the base model.
        work: what is to be learnt.
        store: takes the checkpoints.
        world: the processes that train together.
        planned: what was planned for the step; None chooses by what is loaded.
    """

    def __init__(
        self,
        step: str,
        config: FineTuneConfig,
        loaded: LoadedBase,
        work: StepWork,
        *,
        store: CheckpointStore,
        world: World,
        planned: StepPlan | None = None,
    ) -> None:
        self._planned = planned
        self._step, self._config, self._loaded = step, config, loaded
        self._work, self._store, self._world = work, store, world

    def attach(self, attached: ExitStack) -> PeftModel:
        """Give the base a fresh adapter until the stack is closed, and return both."""
        work, loaded = self._work, self._loaded
        if self._planned is not None:
            self._checkpointing = self._planned.fit.way.checkpointing
        else:
            tokens = max(work.rows.longest, work.packing.budget)
            self._checkpointing = choose_checkpointing(self._step, loaded.model, tokens, loaded.device)
        adapter = attached_adapter(
            loaded.model,
            work.settings,
            seed=self._config.seed,
            checkpointing=self._checkpointing,
            backend=loaded.backend,
        )
        return attached.enter_context(adapter)

    def train(self, model: PeftModel, log_file: Path, progress: TrainingProgress, interruption: Interruption) -> StepRecord:
        """Train the adapter to its last step, and return the record, with the loss on the probe before and after.

        Raises: as :meth:`ft_core.engine.loop.optimization.Optimization.run`.
        """
        work = self._work
        plan = self._plan_loop(model)
        with (
            plan.forward.enabled(model),
            shown(progress, self._step, plan.schedule.steps),
            TrainingLog(log_file, progress, self._world.is_writer, after=self._find_start()) as log,
            Trackers(self._config, self._step, model, self._world.is_writer) as trackers,
        ):
            first_loss = self._measure_probe(model, plan) if work.first_loss is None else work.first_loss
            optimization = Optimization(
                model,
                plan,
                self._config,
                store=self._store,
                world=self._world,
                listeners=(log, trackers, FirstPeak(self._step, self._planned, self._loaded.device)),
                origin={"lora": asdict(work.settings), "fingerprint": work.fingerprint, "first_loss": first_loss},
            )
            if work.checkpoint is not None:
                optimization.resume(work.checkpoint)
                logger.info("Step %s: going on after optimizer step %d.", self._step, optimization.state.step)
            optimization.run(interruption)
            state = optimization.state
            last_loss = self._measure_probe(model, replace(plan, packing=replace(plan.packing, budget=state.budget)))
        return StepRecord(
            "done",
            adapter=self._step,
            examples=len(work.rows.rows),
            val_examples=len(work.val_rows.rows),
            too_long=work.rows.too_long,
            tokens=work.rows.tokens,
            trained_tokens=work.rows.trained_tokens,
            longest_answer=work.rows.longest_answer,
            first_loss=first_loss,
            last_loss=last_loss,
            val_loss=state.best.val_loss if state.best else None,
            best_step=state.best.step if state.best else state.step,
            optimizer_steps=state.step,
            stopped_early=state.stopped or None,
            packing=plan.packing.kind,
            packing_reason=plan.packing.reason or None,
            forward=plan.forward.name,
            checkpointing=self._checkpointing,
            pack_tokens=plan.packing.budget,
            planned_memory_gib=self._planned.fit.estimate.allocated_gib if self._planned else None,
            changes=self._planned.fit.changes if self._planned else (),
            events=tuple(state.events),
        )

    def _measure_probe(self, model: PeftModel, plan: LoopPlan) -> float:
        probe = choose_probe(plan.rows, self._config.seed)
        return mean_pack_loss(model, probe, plan.packing, forward=plan.forward, world=self._world)

    def _find_start(self) -> int:
        return int(self._work.checkpoint.state["loop"]["step"]) if self._work.checkpoint else 0

    def _plan_loop(self, model: PeftModel) -> LoopPlan:
        work, loaded = self._work, self._loaded
        forward = choose_forward(loaded, work.packing.kind)
        plan = LoopPlan(
            work.rows.rows, work.val_rows.rows, work.schedule, work.packing, work.val_packing, forward, loaded.device
        )
        with forward.enabled(model):
            fault = check_packs(model, forward, work.rows.rows, work.packing) if work.packing.kind == "shared" else ""
        if not fault:
            return plan
        logger.warning("Step %s: rows do not share the prompt's static part: %s.", self._step, fault)
        return replace(plan, packing=_fall_back(work.packing, fault), val_packing=_fall_back(work.val_packing, fault))


def _fall_back(packing: PackingPlan, fault: str) -> PackingPlan:
    return pack_plainly(packing, f"the self-check failed: {fault}")
