"""Short trainings of a tiny base through the optimizer loop, for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from ft_core.config import FineTuneConfig
from ft_core.engine.adapter import attached_adapter
from ft_core.engine.loading import LoadedBase
from ft_core.engine.loop.checkpoint import Checkpoint, CheckpointStore
from ft_core.engine.loop.interruption import Interruption
from ft_core.engine.loop.optimization import LoopPlan, Optimization
from ft_core.engine.loop.state import LoopState
from ft_core.engine.loop.world import World
from ft_core.engine.pack.forward import InterfaceForward, PackForward
from ft_core.engine.pack.layout import common_prefix
from ft_core.engine.pack.plan import Packing, PackingPlan
from ft_core.engine.progress import LogEntry
from ft_core.engine.rows import Row, make_rows
from ft_core.engine.schedule import plan_schedule
from ft_core.lora import LoraSettings
from tests.engine.fake_step import some_texts

__all__ = ["SETTINGS", "Diary", "Result", "attach", "make_config", "some_rows", "train"]

SETTINGS = LoraSettings(r=4)


def make_config(**changes: Any) -> FineTuneConfig:
    values = {"learning_rate": 1e-2, "weight_decay": 0.1, "batch_size": 3, "gradient_accumulation_steps": 2, "warmup_steps": 0}
    return FineTuneConfig.model_validate(values | {"num_epochs": 1, "seed": 1} | changes)


def some_rows(loaded: LoadedBase, number: int = 6, who: str = "fox") -> tuple[Row, ...]:
    return make_rows(loaded.chat, "fox", some_texts(number, who), make_config(), loaded.context).rows


def attach(loaded: LoadedBase, settings: LoraSettings = SETTINGS) -> AbstractContextManager[Any]:
    return attached_adapter(loaded.model, settings, seed=1, checkpointing=False)


@dataclass
class Diary:
    """A listener that remembers, and may do something at each step."""

    entries: list[LogEntry] = field(default_factory=list)
    evaluations: list[tuple[int, float]] = field(default_factory=list)
    after_step: Callable[[LogEntry], None] = lambda entry: None

    def note_step(self, entry: LogEntry) -> None:
        self.entries.append(entry)
        self.after_step(entry)

    def note_evaluation(self, step: int, val_loss: float) -> None:
        self.evaluations.append((step, val_loss))


@dataclass(frozen=True)
class Result:
    """What a training gave: the adapter's weights, the state, and what the listener heard."""

    weights: dict[str, torch.Tensor]
    state: LoopState
    diary: Diary


def train(
    loaded: LoadedBase,
    rows: Sequence[Row],
    folder: Path,
    config: FineTuneConfig | None = None,
    *,
    val_rows: Sequence[Row] = (),
    packing: Packing = "shared",
    budget: int = 4096,
    forward: PackForward | None = None,
    resume: Checkpoint | None = None,
    diary: Diary | None = None,
    interruption: Interruption | None = None,
    settings: LoraSettings = SETTINGS,
) -> Result:
    """Train a fresh adapter on rows; the base is afterwards as it was."""
    config, diary, forward = config or make_config(), diary or Diary(), forward or InterfaceForward()
    plan = PackingPlan(packing, common_prefix(rows) if packing == "shared" else 0, budget)
    val_plan = PackingPlan("plain", 0, budget)
    schedule = plan_schedule("fox", len(rows), config)
    loop = LoopPlan(rows, val_rows, schedule, plan, val_plan, forward, "cpu")
    with attach(loaded, settings) as model, forward.enabled(model):
        store = CheckpointStore(folder)
        optimization = Optimization(model, loop, config, store=store, world=World(), listeners=(diary,))
        if resume is not None:
            optimization.resume(resume)
        optimization.run(interruption or Interruption())
        weights = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
        return Result(weights, optimization.state, diary)
