"""A run while it is under way: its record on disk, and the base model in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ft_core.config import FineTuneConfig
from ft_core.engine.chat import Chat
from ft_core.engine.loading import LoadedBase, load_base
from ft_core.engine.output_folder import Claim, remove_adapter
from ft_core.engine.run_file import StepRecord, write_run
from ft_core.errors import RunMismatchError

__all__ = ["RunInProgress"]


class RunInProgress:
    """The record of a run, written whenever it changes, and the base model, loaded when the first step needs it.

    Nothing that the folder holds is given up before there is something in its place: the record of a finished step stays until
    the step is finished anew, and another run until this one has its first adapter.
    """

    def __init__(
        self, folder: Path, claim: Claim, config: FineTuneConfig, *, chat: Chat | None = None, is_writer: bool = True
    ) -> None:
        self._folder, self._replaced, self._config, self._chat = folder, claim.replaced, config, chat
        self._record = replace(claim.record, config=config.model_dump(mode="json"))
        self._is_writer = is_writer
        self._loaded: LoadedBase | None = None

    @property
    def done(self) -> list[str]:
        """The steps whose adapters are there."""
        return (
            [] if self._replaced is not None else [name for name, each in self._record.steps.items() if each.status == "done"]
        )

    def load(self) -> LoadedBase:
        """Load the base model unless it is loaded, and return it.

        Raises:
            RunMismatchError: the run's other adapters were trained on another revision of it.

        Other errors are those of :func:`ft_core.engine.loading.load_base`.
        """
        if self._loaded is None:
            self._loaded = load_base(self._config, self._chat)
            name, revision = self._loaded.base.name, self._loaded.base.revision
            held = self._record.base.get("revision")
            if held and revision and held != revision:
                raise RunMismatchError(
                    f"{self._folder} was trained on revision {held} of {name}; this machine has {revision}. "
                    f"Choose another --output-dir."
                )
            self._record = replace(self._record, base={"name": name, "revision": revision})
        return self._loaded

    def note(self, step: str, record: StepRecord) -> None:
        """Write how a step stands, in the process that writes.

        Raises:
            OutputError: ``run.json`` cannot be written, or another run's adapters cannot be removed.
        """
        held = self._record.steps.get(step)
        if record.status != "done" and held is not None and held.status == "done":
            return
        self._record = replace(self._record, steps={**self._record.steps, step: record})
        if not self._is_writer:
            return
        if record.status == "done":
            self._remove_replaced(step)
        if self._replaced is None:
            write_run(self._folder, self._record)

    def _remove_replaced(self, step: str) -> None:
        for folder in self._replaced or ():
            if folder.name != step:  # that one has just been replaced by its new adapter
                remove_adapter(folder)
        self._replaced = None
