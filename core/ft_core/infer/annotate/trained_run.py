"""The run whose adapters annotate: what is known of it before its model is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ft_core.engine.contract.training_terms import RARE
from ft_core.engine.run_file import RUN_FILE, RunRecord, read_run
from ft_core.errors import OutputError
from ft_core.infer.trained_step import choose_trained
from ft_core.pipeline_prompts import use_module
from ft_core.step import Step, load_steps

__all__ = ["TrainedRun", "find_trained_run"]

_WEIGHTS, _CONTRACT = "adapter_model.safetensors", "contract.json"


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """A finished training.

    Attributes:
        folder: its folder.
        base: name of the base model.
        steps: the steps that annotate, in the order in which they run.
        adapters: SHA-256 of each step's adapter weights.
        left_out: by step, the optional inputs that its training hardly had.
    """

    folder: Path
    base: str
    steps: tuple[Step, ...]
    adapters: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def uses_summaries(self) -> bool:
        """Whether any step is shown the summary of the tale."""
        return any("summary" not in self.left_out.get(step.name, ()) for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """Return what decides the answers as a JSON object."""
        return {
            "base": self.base,
            "adapters": {step.name: self.adapters.get(step.name, "") for step in self.steps},
            "steps": {step.name: f"{step.distribution} {step.version}" for step in self.steps},
            "left_out_inputs": {step.name: list(self.left_out.get(step.name, ())) for step in self.steps},
        }


def find_trained_run(folder: str | Path, steps: Sequence[str] = ()) -> TrainedRun:
    """Look at the output folder of a training.

    Args:
        folder: the folder, with ``run.json``.
        steps: names of steps; none means all that were trained.

    Raises:
        OutputError: the folder holds no run, no trained step, or an adapter cannot be read.
        UnknownStepError: a step was not trained there or is not installed.
        PluginError: a step is installed but broken.
    """
    place = Path(folder)
    record = read_run(place)
    if record is None:
        raise OutputError(f"{folder} holds no run: it has no {RUN_FILE}. Name the --output-dir of a training.")
    use_module(record.config.get("prompts_module"))  # first: what a step says of itself may follow from it
    chosen = load_steps().select(_choose(place, record, steps))
    folders = {step.name: place / str(record.steps[step.name].adapter) for step in chosen}
    return TrainedRun(
        place,
        str(record.base.get("name")),
        tuple(chosen),
        {name: _hash_weights(each) for name, each in folders.items()},
        {name: _list_rare_inputs(each) for name, each in folders.items()},
    )


def _choose(folder: Path, record: RunRecord, wanted: Sequence[str]) -> list[str]:
    trained = [name for name, step in record.steps.items() if step.status == "done" and step.adapter]
    if not trained:
        raise OutputError(f"The run in {folder} has no trained step. Train one, or go on with: ft-core train --resume {folder}")
    return choose_trained(folder, trained, wanted)


def _hash_weights(adapter: Path) -> str:
    path = adapter / _WEIGHTS
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror or error}. Train the step again.") from error


def _list_rare_inputs(adapter: Path) -> tuple[str, ...]:
    """Return the inputs that hardly any training example had; none where that is not known."""
    try:
        contract = json.loads((adapter / _CONTRACT).read_text(encoding="utf-8"))
        shares = contract["training"]["input_shares"] or {}
        return tuple(sorted(name for name, share in shares.items() if share < RARE))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()
