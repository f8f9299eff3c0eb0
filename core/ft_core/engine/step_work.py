"""What is to be learnt for one step: rows, settings of the adapter, packing and schedule, and where to go on from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData
from ft_core.engine.contract.training_terms import TrainingTerms, measure_inputs
from ft_core.engine.example_choice import choose_examples
from ft_core.engine.loading import LoadedBase
from ft_core.engine.loop.checkpoint import Checkpoint
from ft_core.engine.memory.plan import StepPlan
from ft_core.engine.pack.packing_choice import choose_packing
from ft_core.engine.pack.plan import PackingPlan
from ft_core.engine.row_cache import cached_rows
from ft_core.engine.rows import Rows, tell_longest
from ft_core.engine.schedule import Schedule, plan_schedule
from ft_core.errors import NoExamplesError, TrainingError
from ft_core.example import Example, TrainingText
from ft_core.lora import LoraSettings
from ft_core.step import Step

__all__ = ["StepWork", "gather_work"]


@dataclass(frozen=True, slots=True)
class StepWork:
    """Everything that decides how a step's adapter comes out.

    Attributes:
        rows, val_rows: what is trained on and watched.
        settings: the adapter's.
        packing, val_packing: how the rows go into packs.
        schedule: optimizer steps, effective batch and warm-up.
        checkpoint: where to go on from; None starts anew.
        first_loss: the loss on the probe rows before training, where a checkpoint has it.
        input_shares: for each input the fraction of the examples in which it is not blank; None where that is not known.
    """

    rows: Rows
    val_rows: Rows
    settings: LoraSettings
    packing: PackingPlan
    val_packing: PackingPlan
    schedule: Schedule
    checkpoint: Checkpoint | None = None
    first_loss: float | None = None
    input_shares: Mapping[str, float] | None = None

    @property
    def terms(self) -> TrainingTerms:
        """What the adapter's contract says of its training."""
        longest = max((row.trained for row in self.rows.rows), default=0)
        return TrainingTerms(len(self.rows.rows), longest, self.input_shares)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over rows, schedule and the adapter's settings: a checkpoint is good for the same ones only."""
        digest = hashlib.sha256(repr((asdict(self.settings), asdict(self.schedule))).encode())
        for row in (*self.rows.rows, *self.val_rows.rows):
            digest.update(repr((row.prompt_length, row.input_ids)).encode())
        return digest.hexdigest()


def gather_work(
    step: Step,
    config: FineTuneConfig,
    loaded: LoadedBase,
    examples: Sequence[Example] | StepData,
    checkpoint: Checkpoint | None = None,
    *,
    planned: StepPlan | None = None,
) -> StepWork:
    """Tokenise a step's examples and plan their training.

    Args:
        step: the step.
        config: what was asked for.
        loaded: the base model.
        examples: the training examples, or all that is prepared for the step.
        checkpoint: where to go on from; the adapter's settings are then those that it was made with.
        planned: what was planned for the step; its rows, packs and schedule are taken.

    Raises:
        NoExamplesError: there is nothing to train on.
        RowTooLongError: some rows are over the limit, and they are not to be skipped.
        TrainingError: the checkpoint is of other data or settings.
    """
    texts, shown = choose_examples(examples, config)
    rows = planned.rows if planned else _make_rows(step.name, config, loaded, texts)
    val_texts = examples.val if isinstance(examples, StepData) else ()
    val_rows = cached_rows(loaded.chat, step.name, val_texts, config, loaded.context) if val_texts else Rows(())
    held = checkpoint.state if checkpoint else {}
    configured = planned.workload.settings if planned else None
    settings = _read_settings(held["lora"]) if held else configured or step.configure_lora(config.lora, shown)
    packing = planned.fit.packing if planned else choose_packing(step.name, loaded, rows.rows, settings, config)
    val_packing = choose_packing(step.name, loaded, val_rows.rows, settings, config) if val_rows.rows else packing
    work = StepWork(
        rows,
        val_rows,
        settings,
        packing,
        replace(val_packing, budget=min(val_packing.budget, max(packing.budget, val_rows.longest))),
        planned.workload.schedule if planned else plan_schedule(step.name, len(rows.rows), config),
        checkpoint,
        held.get("first_loss"),
        measure_inputs(texts),
    )
    if held and held["fingerprint"] != work.fingerprint:
        raise TrainingError(
            f"Step {step.name!r}: its checkpoint is of other examples or settings. Go on with the data and the settings of the "
            f"run, or train the step anew with --overwrite."
        )
    return work


def _read_settings(values: dict[str, object]) -> LoraSettings:
    targets = values["target_modules"]
    return LoraSettings(**{**values, "target_modules": tuple(targets) if isinstance(targets, list) else None})  # type: ignore[arg-type]


def _make_rows(step: str, config: FineTuneConfig, loaded: LoadedBase, texts: Sequence[TrainingText]) -> Rows:
    if not texts:
        raise NoExamplesError(f"Step {step!r} has no training examples.")
    rows = cached_rows(loaded.chat, step, texts, config, loaded.context)
    if not rows.rows:
        raise NoExamplesError(
            f"Step {step!r}: all {rows.too_long} examples are too long and were skipped. Raise --max-seq-length."
        )
    tell_longest(step, rows, config)
    return rows
