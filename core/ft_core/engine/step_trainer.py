"""Training one step: its rows, its adapter, its files."""

from __future__ import annotations

import gc
import json
import logging
import math
import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.atomic import make_folder
from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData
from ft_core.engine.adapter import attached_adapter
from ft_core.engine.adapter_files import replaced_adapter, write_adapter
from ft_core.engine.example_choice import choose_examples
from ft_core.engine.loading import LoadedBase, load_base
from ft_core.engine.memory import choose_checkpointing, forget_peak, read_peak
from ft_core.engine.packing import choose_rows_per_pack
from ft_core.engine.probe import choose_probe, mean_loss
from ft_core.engine.progress import TrainingLog, TrainingProgress, choose_progress, shown
from ft_core.engine.rows import Rows, make_rows
from ft_core.engine.run_file import StepRecord
from ft_core.engine.schedule import Schedule, plan_schedule
from ft_core.engine.supervised import train_rows
from ft_core.errors import FtCoreError, NoExamplesError, RunMismatchError, TrainingError
from ft_core.example import Example, TrainingText
from ft_core.lora import LoraSettings
from ft_core.step import Step, load_steps

if TYPE_CHECKING:
    from peft import PeftModel

__all__ = ["StepTrainer"]


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Trained:
    model: PeftModel
    record: StepRecord


class StepTrainer:
    """Trains the adapter of one step: :meth:`load_model`, :meth:`train`, :meth:`save`.

    Attributes:
        step: the step.
        config: what was asked for.
        folder: where the adapter goes: ``<output_dir>/<step>``.
    """

    def __init__(
        self,
        step: Step | str,
        config: FineTuneConfig | None = None,
        *,
        loaded: LoadedBase | None = None,
        progress: TrainingProgress | None = None,
        overwrite: bool = False,
    ) -> None:
        """Prepare to train a step.

        Args:
            step: a step, or the name of an installed one.
            config: the defaults where None.
            loaded: a base model that is already in memory.
            progress: how to show the training.
            overwrite: whether an adapter in the step's folder may be replaced.

        Raises:
            UnknownStepError: no such step is installed.
        """
        self.step = load_steps().get(step) if isinstance(step, str) else step
        self.config = config or FineTuneConfig()
        self.folder = Path(self.config.output_dir) / self.step.name
        self._loaded = loaded
        self._progress = progress or choose_progress()
        self._overwrite = overwrite
        self._attached = ExitStack()
        self._trained: _Trained | None = None

    def load_model(self) -> LoadedBase:
        """Load the base model unless it is loaded, and return it.

        Raises: as :func:`ft_core.engine.loading.load_base`.
        """
        self._loaded = self._loaded or load_base(self.config)
        return self._loaded

    def train(self, examples: Sequence[Example] | StepData) -> StepRecord:
        """Train a fresh adapter; every line of ``log.jsonl`` is there as soon as its optimizer step is done.

        Args:
            examples: the training examples, with their prompts, or all that is prepared for the step.

        Raises:
            NoExamplesError: there is nothing to train on.
            OutputError: the step's folder cannot be used.
            TrainingError: training failed.
        """
        started = time.monotonic()
        self.close()
        self._refuse_to_replace()
        loaded = self.load_model()
        texts, shown_examples = choose_examples(examples, self.config)
        rows = self._make_rows(loaded, texts)
        settings = self.step.configure_lora(self.config.lora, shown_examples)
        rows_per_pack = choose_rows_per_pack(self.step.name, loaded, rows, settings, self.config)
        schedule = plan_schedule(self.step.name, len(rows.rows), self.config, loaded.device, rows_per_pack=rows_per_pack)
        forget_peak(loaded.device)
        make_folder(self.folder)
        try:
            model = self._attach(loaded, rows, schedule, settings)
            first, last = self._train_and_probe(model, loaded, rows, schedule)
        except FtCoreError:
            raise
        except Exception as error:  # the one place where the training stack runs
            raise TrainingError(f"Step {self.step.name!r}: training stopped: {type(error).__name__}: {error}") from error
        record = StepRecord(
            "done",
            adapter=self.step.name,
            examples=len(rows.rows),
            too_long=rows.too_long,
            tokens=rows.tokens,
            trained_tokens=rows.trained_tokens,
            first_loss=first,
            last_loss=last,
            seconds=round(time.monotonic() - started, 3),
            packing="shared" if schedule.packed else "none",
            peak_memory_gib=read_peak(loaded.device),
        )
        self._trained = _Trained(model, record)
        return record

    def save(self) -> Path:
        """Write the adapter, its tokenizer and ``metrics.json``, complete or not at all, and return the folder.

        Raises:
            TrainingError: nothing has been trained.
            OutputError: no space or no permission.
        """
        if self._trained is None or self._loaded is None:
            raise TrainingError(f"Step {self.step.name!r} has not been trained yet. Call train() before save().")
        metrics = json.dumps(asdict(self._trained.record), indent=2) + "\n"
        with replaced_adapter(self.folder) as temporary:
            write_adapter(self._trained.model, self._loaded.chat.tokenizer, self._loaded.base, temporary)
            (temporary / "metrics.json").write_text(metrics, encoding="utf-8")
            shutil.copy2(self.folder / "log.jsonl", temporary)
        return self.folder

    def close(self) -> None:
        """Take the adapter off the base model and free its memory."""
        self._trained = None
        self._attached.close()
        gc.collect()
        if self._loaded is not None and self._loaded.device == "cuda":
            import torch

            torch.cuda.empty_cache()

    def _make_rows(self, loaded: LoadedBase, texts: Sequence[TrainingText]) -> Rows:
        if not texts:
            raise NoExamplesError(f"Step {self.step.name!r} has no training examples.")
        rows = make_rows(loaded.chat, self.step.name, texts, self.config, loaded.context)
        if not rows.rows:
            raise NoExamplesError(
                f"Step {self.step.name!r}: all {rows.too_long} examples are too long and were skipped. Raise --max-seq-length."
            )
        return rows

    def _attach(self, loaded: LoadedBase, rows: Rows, schedule: Schedule, settings: LoraSettings) -> PeftModel:
        tokens = rows.longest * schedule.rows_per_pass
        checkpointing = choose_checkpointing(self.step.name, loaded.model, tokens, loaded.device)
        adapter = attached_adapter(loaded.model, settings, seed=self.config.seed, checkpointing=checkpointing)
        return self._attached.enter_context(adapter)

    def _refuse_to_replace(self) -> None:
        if (self.folder / "adapter_config.json").is_file() and not self._overwrite:
            raise RunMismatchError(f"{self.folder} holds an adapter already. Choose another output_dir, or overwrite it.")

    def _train_and_probe(self, model: PeftModel, loaded: LoadedBase, rows: Rows, schedule: Schedule) -> tuple[float, float]:
        name, probe = self.step.name, choose_probe(rows.rows, self.config.seed)
        first = mean_loss(model, probe)
        with shown(self._progress, name, schedule.steps), TrainingLog(self.folder / "log.jsonl", self._progress) as log:
            train_rows(
                model,
                loaded.chat,
                rows.rows,
                schedule=schedule,
                config=self.config,
                device=loaded.device,
                on_step=log.add,
            )
        last = mean_loss(model, probe)
        if not math.isfinite(last):
            raise TrainingError(f"Step {name!r}: the loss after training is {last}. Lower the learning rate.")
        return first, last
