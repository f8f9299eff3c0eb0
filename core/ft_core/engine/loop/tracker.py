"""Passing a training on to trackers such as TensorBoard, through the callbacks that transformers has for them."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from ft_core.config import FineTuneConfig
from ft_core.engine.progress import LogEntry
from ft_core.errors import TrainingError

__all__ = ["Trackers"]


class Trackers:
    """The trackers that ``report_to`` names; none by default, for what is tracked may leave the machine.

    Raises:
        TrainingError: transformers knows no tracker of a name, or its library is not installed.
    """

    def __init__(self, config: FineTuneConfig, step: str, model: Any, is_writer: bool) -> None:
        self._callbacks: list[Any] = []
        if config.report_to and is_writer:
            self._open(config, step, model)

    def __enter__(self) -> Trackers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._tell("on_train_end")

    def note_step(self, entry: LogEntry) -> None:
        """Pass on an optimizer step."""
        self._log(entry.step, {"loss": entry.loss, "learning_rate": entry.learning_rate})

    def note_evaluation(self, step: int, val_loss: float) -> None:
        """Pass on a validation loss."""
        self._log(step, {"eval_loss": val_loss})

    def _open(self, config: FineTuneConfig, step: str, model: Any) -> None:
        from transformers import TrainerControl, TrainerState, TrainingArguments
        from transformers.integrations import get_reporting_integration_callbacks

        try:
            kinds = get_reporting_integration_callbacks(list(config.report_to or ()))
            self._callbacks = [kind() for kind in kinds]
        except (ValueError, RuntimeError, ImportError) as error:
            raise TrainingError(f"report_to: {error}. Install the tracker, or leave it out.") from error
        folder = f"{config.output_dir}/{step}/tracking"
        self._arguments = TrainingArguments(output_dir=folder, run_name=f"ft-core {step}", report_to="none")
        self._state, self._control, self._model = TrainerState(), TrainerControl(), model
        self._state.is_world_process_zero = self._state.is_local_process_zero = True
        self._tell("on_train_begin")

    def _log(self, step: int, logs: dict[str, float]) -> None:
        if self._callbacks:
            self._state.global_step = step
            self._tell("on_log", logs=logs)

    def _tell(self, event: str, **more: Any) -> None:
        for callback in self._callbacks:
            getattr(callback, event)(self._arguments, self._state, self._control, model=self._model, **more)
