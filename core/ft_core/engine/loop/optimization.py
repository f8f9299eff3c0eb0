"""The optimizer loop: one adapter, trained step by step, with everything that a resumed training needs."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from ft_core.config import FineTuneConfig
from ft_core.engine.device import Device
from ft_core.engine.loop.batch import Batch, BatchOrder
from ft_core.engine.loop.checkpoint import Checkpoint, CheckpointStore
from ft_core.engine.loop.interruption import Interruption
from ft_core.engine.loop.rate import find_rate
from ft_core.engine.loop.state import LoopState
from ft_core.engine.loop.validation import mean_pack_loss
from ft_core.engine.loop.watch import describe_runaway, note_evaluation, note_loss
from ft_core.engine.loop.world import World
from ft_core.engine.pack.forward import PackForward
from ft_core.engine.pack.layout import make_pack
from ft_core.engine.pack.plan import PackingPlan
from ft_core.engine.precision import find_dtype, mixed_precision
from ft_core.engine.progress import LogEntry
from ft_core.engine.rows import Row
from ft_core.engine.schedule import Schedule
from ft_core.engine.unsloth_stack import import_torch
from ft_core.errors import TrainingError, TrainingStoppedError

if TYPE_CHECKING:
    import torch
    from peft import PeftModel

__all__ = ["Listener", "LoopPlan", "Optimization"]

logger = logging.getLogger(__name__)

_LARGEST_NORM = 1.0
"""Gradients are scaled down to this norm."""

_SMALLEST_BUDGET = 64

_MOMENTS = ("step", "exp_avg", "exp_avg_sq")
"""What AdamW keeps of each parameter."""


class Listener(Protocol):
    """Is told how a training goes."""

    def note_step(self, entry: LogEntry) -> None:
        """Note an optimizer step."""

    def note_evaluation(self, step: int, val_loss: float) -> None:
        """Note a validation loss after an optimizer step."""


@dataclass(frozen=True, slots=True)
class LoopPlan:
    """What is trained on and how.

    Attributes:
        rows: the training rows.
        val_rows: the validation rows; without any nothing is evaluated.
        schedule: optimizer steps, effective batch and warm-up.
        packing, val_packing: how rows go into packs.
        forward: how packs are computed.
        device: where the model is.
    """

    rows: Sequence[Row]
    val_rows: Sequence[Row]
    schedule: Schedule
    packing: PackingPlan
    val_packing: PackingPlan
    forward: PackForward
    device: Device


class Optimization:
    """One training: from a fresh adapter, or on from a checkpoint, to its last step.

    Args:
        model: with the adapter attached, inside ``plan.forward.enabled``.
        plan: what is trained on and how.
        config: for learning rate, weight decay, seed, and how often is evaluated and saved.
        store: takes the checkpoints.
        world: the processes that train together.
        listeners: told of every optimizer step and every validation loss, in the process that writes.
        origin: what the training started from; kept in every checkpoint.
    """

    def __init__(
        self,
        model: PeftModel,
        plan: LoopPlan,
        config: FineTuneConfig,
        *,
        store: CheckpointStore,
        world: World,
        listeners: Sequence[Listener] = (),
        origin: Mapping[str, Any] | None = None,
    ) -> None:
        torch = import_torch()
        self.state = LoopState(budget=plan.packing.budget)
        self._model, self._plan, self._config = model, plan, config
        self._store, self._world = store, world
        self._listeners = listeners if world.is_writer else ()
        self._origin = origin or {}
        self._lengths = [len(row.input_ids) for row in plan.rows]
        self._order = BatchOrder(len(plan.rows), plan.schedule.batch, config.seed)
        self._learnt = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
        self._optimizer = torch.optim.AdamW(
            self._learnt.values(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=plan.device == "cuda"
        )
        self._scaler = torch.amp.GradScaler(plan.device, enabled=find_dtype(model) == torch.float16)
        world.copy_from_writer(self._learnt.values())

    def resume(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint.

        Raises:
            TrainingError: it is of another adapter.
        """
        self.state = LoopState.from_json(checkpoint.state["loop"])
        self._take_weights(checkpoint.tensors["adapter"])
        self._take_moments(checkpoint.tensors["optimizer"])
        _set_random_state(checkpoint.tensors["random"])
        if self._scaler.is_enabled():
            self._scaler.load_state_dict(checkpoint.state["scaler"])

    def run(self, interruption: Interruption) -> None:
        """Train to the last step, or until it stops getting better, and leave the model with the best weights.

        Raises:
            TrainingStoppedError: the user or the system asked to stop; a checkpoint was written.
            TrainingError: the loss is not finite or runs away, or a row does not fit into memory.
        """
        schedule, started = self._plan.schedule, time.monotonic() - self.state.seconds
        self._model.train()
        while self.state.step < schedule.steps and not self.state.stopped:
            self._step(self._order.find(self.state.step), started)
            if self._is_due(self._evaluate_every) and self._plan.val_rows:
                self._evaluate()
            asked = self._is_asked_to_stop(interruption)
            going_on = self.state.step < schedule.steps
            # After the last step the adapter itself is written.
            if going_on and (asked or self._is_due(self._config.save_steps)):
                self._save()
            if asked and going_on:
                raise TrainingStoppedError(asked, self.state.step, schedule.steps)
        self._take_best()

    @property
    def _evaluate_every(self) -> int:
        return self._config.eval_steps or self._order.steps_per_epoch

    def _is_due(self, every: int) -> bool:
        return self.state.step % every == 0 or self.state.step == self._plan.schedule.steps

    def _step(self, batch: Batch, started: float) -> None:
        """Make one optimizer step."""
        schedule, torch = self._plan.schedule, import_torch()
        rate = find_rate(batch.step, peak=self._config.learning_rate, steps=schedule.steps, warmup=schedule.warmup_steps)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        loss, tokens = self._add_gradients(batch)
        stories = [self._plan.rows[place].story_id for place in batch.places]
        fault = describe_runaway(self.state, loss, stories)
        if fault:
            raise TrainingError(fault)
        self._scaler.unscale_(self._optimizer)
        torch.nn.utils.clip_grad_norm_(self._learnt.values(), _LARGEST_NORM)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        self._optimizer.zero_grad(set_to_none=True)
        state = self.state
        state.step, state.tokens, state.seconds = batch.step + 1, state.tokens + tokens, time.monotonic() - started
        note_loss(state, loss)
        for listener in self._listeners:
            listener.note_step(LogEntry(state.step, loss, rate, state.tokens, round(state.seconds, 3)))

    def _add_gradients(self, batch: Batch) -> tuple[float, int]:
        """Compute a batch's gradients; where memory runs out, again in smaller packs. Return loss and computed tokens."""
        while True:
            packing = replace(self._plan.packing, budget=self.state.budget)
            packs = packing.group(batch.places, self._lengths)
            try:
                loss, tokens = self._try_gradients(packs, sum(self._plan.rows[place].trained for place in batch.places))
                failed = False
            except import_torch().OutOfMemoryError:
                failed = True
            if not self._any(failed):
                return loss, tokens
            self._shrink(packs)

    def _try_gradients(self, packs: Sequence[tuple[int, ...]], trained: int) -> tuple[float, int]:
        torch = import_torch()
        total = torch.zeros((), device=self._plan.device)
        tokens = 0
        for places in self._world.share(packs):
            pack = make_pack(self._plan.rows, places, self._plan.packing.prefix)
            with mixed_precision(self._model):
                loss = self._plan.forward.sum_loss(self._model, pack.to(self._plan.device)) / trained
            self._scaler.scale(loss).backward()
            total += loss.detach().float()
            tokens += pack.tokens
        # Every process has summed over its own packs and divided by the tokens of all: the sum is the mean.
        self._world.sum_gradients(self._learnt.values())
        counted = self._world.sum_number(torch.tensor(float(tokens), device=self._plan.device))
        return float(self._world.sum_number(total)), int(counted)

    def _shrink(self, packs: Sequence[tuple[int, ...]]) -> None:
        """Halve the packs, and forget the gradients of those that did fit: the whole step is computed again."""
        self._optimizer.zero_grad(set_to_none=True)
        largest = max(sum(self._lengths[place] for place in places) for places in packs)
        before = min(self.state.budget, largest)
        if all(len(places) == 1 for places in packs) or before <= _SMALLEST_BUDGET:
            raise TrainingError(
                f"out of memory with a single row of {largest} tokens. Train with load_in_4bit, set max_seq_length lower with "
                f"--too-long skip, or use a GPU with more memory."
            )
        self.state.budget = before // 2
        self.state.note("out of memory; packs are smaller now", tokens_before=before, tokens=self.state.budget)
        logger.warning(
            "Out of memory in optimizer step %d: packs have %d tokens at most from now on, not %d; its examples are kept.",
            self.state.step + 1,
            self.state.budget,
            before,
        )
        if self._plan.device == "cuda":
            import_torch().cuda.empty_cache()

    def _evaluate(self) -> None:
        plan = self._plan
        packing = replace(plan.val_packing, budget=min(plan.val_packing.budget, self.state.budget))
        val_loss = mean_pack_loss(self._model, plan.val_rows, packing, forward=plan.forward, world=self._world)
        is_best = note_evaluation(self.state, val_loss, self._config)
        for listener in self._listeners:
            listener.note_evaluation(self.state.step, val_loss)
        if is_best and self._config.keep_weights == "best" and self._world.is_writer:
            self._store.save_best(Checkpoint({"step": self.state.step, "val_loss": val_loss}, {"adapter": self._learnt}))
        self._world.wait()

    def _take_best(self) -> None:
        if self.state.best is None or self.state.best.step == self.state.step:
            return
        best = self._store.load_best()
        if best is None:
            self.state.note("the best weights could not be read; the last ones are used")
            return
        self._take_weights(best.tensors["adapter"])
        logger.info("The weights of optimizer step %d are kept: the lowest validation loss.", self.state.best.step)

    def _save(self) -> None:
        if self._world.is_writer:
            state = {**self._origin, "loop": self.state.as_json(), "scaler": self._scaler.state_dict()}
            groups = {"adapter": self._learnt, "optimizer": self._list_moments(), "random": _get_random_state()}
            self._store.save(self.state.step, Checkpoint(state, {name: tensors for name, tensors in groups.items() if tensors}))
        self._world.wait()

    def _list_moments(self) -> dict[str, torch.Tensor]:
        moments = {}
        for name, parameter in self._learnt.items():
            for key, value in self._optimizer.state.get(parameter, {}).items():
                moments[f"{name}/{key}"] = value
        return moments

    def _take_moments(self, moments: Mapping[str, torch.Tensor]) -> None:
        for name, parameter in self._learnt.items():
            held = {key: moments[f"{name}/{key}"].to(parameter.device) for key in _MOMENTS}
            self._optimizer.state[parameter] = held

    def _take_weights(self, weights: Mapping[str, torch.Tensor]) -> None:
        torch = import_torch()
        if weights.keys() != self._learnt.keys():
            raise TrainingError("the checkpoint is of an adapter with other layers; remove it, or choose another output_dir.")
        with torch.no_grad():
            for name, parameter in self._learnt.items():
                parameter.copy_(weights[name])

    def _is_asked_to_stop(self, interruption: Interruption) -> str:
        if self._world.size == 1:
            return interruption.name
        return (interruption.name or "a signal to another process") if self._any(bool(interruption.name)) else ""

    def _any(self, flag: bool) -> bool:
        if self._world.size == 1:
            return flag
        number = import_torch().tensor(float(flag), device=self._plan.device)
        return float(self._world.sum_number(number)) > 0


def _get_random_state() -> dict[str, torch.Tensor]:
    torch = import_torch()
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def _set_random_state(states: Mapping[str, torch.Tensor]) -> None:
    torch = import_torch()
    torch.set_rng_state(states["cpu"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])
