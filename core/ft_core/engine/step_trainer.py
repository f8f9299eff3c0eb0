"""Training one step: its rows, its adapter, its files."""

from __future__ import annotations

import json
import logging
import math
import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ft_core.atomic import make_folder
from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData
from ft_core.engine.adapter_files import replaced_adapter, write_adapter
from ft_core.engine.contract.contract import Contract, complete_contract, make_contract
from ft_core.engine.contract.contract_file import write_contract
from ft_core.engine.contract.training_terms import TrainingTerms
from ft_core.engine.loading import LoadedBase, load_base
from ft_core.engine.loop.checkpoint import CheckpointStore
from ft_core.engine.loop.interruption import heeding_signals
from ft_core.engine.loop.world import World
from ft_core.engine.memory import forget_peak, read_peak, release_memory
from ft_core.engine.memory.plan import StepPlan
from ft_core.engine.progress import TrainingProgress, choose_progress
from ft_core.engine.run_file import StepRecord
from ft_core.engine.step_session import StepSession
from ft_core.engine.step_work import StepWork, gather_work
from ft_core.errors import FtCoreError, RunMismatchError, TrainingError
from ft_core.example import Example
from ft_core.step import Step, load_steps

if TYPE_CHECKING:
    from peft import PeftModel

__all__ = ["StepTrainer"]


logger = logging.getLogger(__name__)

_CHECKPOINTS = "checkpoints"


@dataclass(frozen=True, slots=True)
class _Trained:
    model: PeftModel
    record: StepRecord
    contract: Contract
    terms: TrainingTerms


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
        world: World | None = None,
        planned: StepPlan | None = None,
    ) -> None:
        """Prepare to train a step.

        Args:
            step: a step, or the name of an installed one.
            config: the defaults where None.
            loaded: a base model that is already in memory.
            progress: how to show the training.
            overwrite: whether an adapter in the step's folder may be replaced.
            world: the processes that train together; None for this one alone.
            planned: what was planned for the step on the same examples; None plans nothing.

        Raises:
            UnknownStepError: no such step is installed.
        """
        self.step = load_steps().get(step) if isinstance(step, str) else step
        self.config = config or FineTuneConfig()
        self.folder = Path(self.config.output_dir) / self.step.name
        self._loaded = loaded
        self._progress = progress or choose_progress()
        self._overwrite = overwrite
        self._world = world or World()
        self._planned = planned
        self._attached = ExitStack()
        self._trained: _Trained | None = None

    def load_model(self) -> LoadedBase:
        """Load the base model unless it is loaded, and return it.

        Raises: as :func:`ft_core.engine.loading.load_base`.
        """
        self._loaded = self._loaded or load_base(self.config)
        return self._loaded

    def forget_plan(self) -> None:
        """Plan the training by what is trained on: the examples are no longer those that were planned for."""
        self._planned = None

    def train(self, examples: Sequence[Example] | StepData, *, resume: bool = False) -> StepRecord:
        """Train an adapter; every line of ``log.jsonl`` is there as soon as its optimizer step is done.

        Args:
            examples: the training examples, with their prompts, or all that is prepared for the step.
            resume: whether to go on from the last checkpoint in the step's folder, where there is one.

        Raises:
            NoExamplesError: there is nothing to train on.
            OutputError: the step's folder cannot be used.
            TrainingStoppedError: a signal asked to stop; a checkpoint was written.
            TrainingError: training failed.
        """
        started = time.monotonic()
        self.close()
        self._refuse_to_replace()
        loaded, store = self.load_model(), CheckpointStore(self.folder / _CHECKPOINTS)
        if not resume and self._world.is_writer:
            store.remove()
        # Made before training: a step that fails on the sample tales should not do so after hours of it.
        contract = make_contract(self.step, loaded.chat, loaded.base)
        work = gather_work(
            self.step, self.config, loaded, examples, store.load_last() if resume else None, planned=self._planned
        )
        forget_peak(loaded.device)
        if self._world.is_writer:
            make_folder(self.folder)
        try:
            model, record = self._optimize(loaded, work, store)
        except FtCoreError:
            raise
        except Exception as error:  # the one place where the training stack runs
            raise TrainingError(f"Step {self.step.name!r}: training stopped: {type(error).__name__}: {error}") from error
        record = replace(record, seconds=round(time.monotonic() - started, 3))
        self._trained = _Trained(model, record, contract, work.terms)
        return record

    def save(self) -> Path:
        """Write the adapter, its tokenizer, its contract and ``metrics.json``, complete or not at all, and return the folder.

        Checkpoints go: there is nothing to go on with.

        Raises:
            TrainingError: nothing has been trained.
            OutputError: no space or no permission.
        """
        if self._trained is None or self._loaded is None:
            raise TrainingError(f"Step {self.step.name!r} has not been trained yet. Call train() before save().")
        if self._world.is_writer:
            metrics = json.dumps(asdict(self._trained.record), indent=2) + "\n"
            with replaced_adapter(self.folder) as temporary:
                self._write(self._trained, self._loaded, temporary)
                (temporary / "metrics.json").write_text(metrics, encoding="utf-8")
                shutil.copy2(self.folder / "log.jsonl", temporary)
        self._world.wait()
        return self.folder

    def close(self) -> None:
        """Take the adapter off the base model and free its memory."""
        self._trained = None
        self._attached.close()
        release_memory(self._loaded.device if self._loaded is not None else "cpu")

    def _refuse_to_replace(self) -> None:
        if (self.folder / "adapter_config.json").is_file() and not self._overwrite:
            raise RunMismatchError(f"{self.folder} holds an adapter already. Choose another output_dir, or overwrite it.")

    def _write(self, trained: _Trained, loaded: LoadedBase, folder: Path) -> None:
        write_adapter(trained.model, loaded.chat.tokenizer, loaded.base, folder)
        write_contract(folder, complete_contract(trained.contract, folder, trained.terms))

    def _optimize(self, loaded: LoadedBase, work: StepWork, store: CheckpointStore) -> tuple[PeftModel, StepRecord]:
        session = StepSession(self.step.name, self.config, loaded, work, store=store, world=self._world, planned=self._planned)
        model = session.attach(self._attached)
        with heeding_signals() as interruption:
            record = session.train(model, self.folder / "log.jsonl", self._progress, interruption)
        if record.last_loss is None or not math.isfinite(record.last_loss):
            raise TrainingError(
                f"Step {self.step.name!r}: the loss after training is {record.last_loss}. Lower the learning rate."
            )
        return model, replace(record, peak_memory_gib=read_peak(loaded.device))
