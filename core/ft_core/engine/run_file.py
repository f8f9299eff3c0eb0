"""``run.json``: what a run trained, on what, with what, and how it ended."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ft_core.atomic import write_text
from ft_core.discovery import STEP_NAME
from ft_core.errors import OutputError

__all__ = ["RUN_FILE", "RunRecord", "Status", "StepRecord", "installed_versions", "read_run", "write_run"]

RUN_FILE = "run.json"

Status: TypeAlias = Literal["done", "failed", "running", "skipped"]

_STACK = ("ft-core", "torch", "transformers", "trl", "peft", "unsloth", "unsloth_zoo")


@dataclass(frozen=True, slots=True)
class StepRecord:
    """How the training of one step went.

    Attributes:
        status: ``running`` also stands for a training that was killed.
        reason: why it was skipped or failed, else None.
        adapter: the adapter's folder, relative to the run's; None where there is none.
        examples: training examples, without those that were too long.
        too_long: examples that were left out because they were too long.
        tokens, trained_tokens: in one epoch: all, and those that are learnt.
        longest_answer: the tokens of the longest answer, with its EOS; None in the records of older runs.
        first_loss, last_loss: mean loss on the probe rows before and after.
        seconds: for tokenising, both probes and training.
        val_examples: validation examples.
        optimizer_steps: how many were made; fewer than planned where training stopped early.
        best_step: the optimizer step whose weights the adapter has.
        val_loss: the lowest validation loss, which is that step's; None without validation examples.
        stopped_early: why training ended before its last step, None where it did not.
        packing: ``shared`` where rows of a sequence share the prompt's static part, ``plain`` where they stand side by side,
            ``none`` where each goes alone.
        packing_reason: why it is not ``shared``, None where it is.
        forward: the way in which packs were computed.
        checkpointing: whether activations were computed again in the backward pass.
        events: what happened on the way, such as memory that ran out.
        peak_memory_gib: the most GPU memory that was allocated, in GiB; None on a CPU.
        planned_memory_gib: what the plan expected that to be; None without a plan.
        pack_tokens: tokens in a pack at most, as planned.
        changes: what the plan changed to fit the memory, in words.
        predicted_inputs: of the tales that earlier steps' adapters answered: how many ``tales``, how many examples were
            ``chosen``, how many of them are ``mixed``, and why the others ``kept`` the annotators' inputs; None where no
            adapter answered.
    """

    status: Status
    reason: str | None = None
    adapter: str | None = None
    examples: int = 0
    too_long: int = 0
    tokens: int = 0
    trained_tokens: int = 0
    first_loss: float | None = None
    last_loss: float | None = None
    seconds: float | None = None
    val_examples: int = 0
    optimizer_steps: int = 0
    best_step: int | None = None
    val_loss: float | None = None
    stopped_early: str | None = None
    packing: str = "none"
    packing_reason: str | None = None
    forward: str | None = None
    checkpointing: bool = False
    events: Sequence[Mapping[str, Any]] = ()
    peak_memory_gib: float | None = None
    planned_memory_gib: float | None = None
    pack_tokens: int | None = None
    changes: Sequence[str] = ()
    longest_answer: int | None = None
    predicted_inputs: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The content of ``run.json``.

    Attributes:
        base: name and revision of the base model.
        data: where the examples come from: ``source``, ``data_hash``, ``split_hash`` and the number of ``tales`` in each split.
        seed: of the split, the order and the adapters.
        config: the resolved configuration of the latest training into this folder.
        versions: of the training stack, by distribution.
        distributions: what provided each step: ``ft-stac 1.0``.
        steps: by name, also those of earlier trainings into this folder.
        planned: the steps that the latest training was asked for, so that it can be resumed.
    """

    base: Mapping[str, str | None]
    data: Mapping[str, Any]
    seed: int
    config: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    distributions: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, StepRecord] = field(default_factory=dict)
    planned: Sequence[str] = ()


def write_run(folder: Path, record: RunRecord) -> None:
    """Write ``run.json``, complete or not at all.

    Raises:
        OutputError: no space or no permission.
    """
    write_text(folder / RUN_FILE, json.dumps(asdict(record), ensure_ascii=False, indent=2) + "\n")


def read_run(folder: Path) -> RunRecord | None:
    """Read ``run.json``; None where the folder has none.

    Raises:
        OutputError: the file is not one of ours.
    """
    path = folder / RUN_FILE
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        for name in values["steps"]:
            if not STEP_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no step's name")
        steps = {name: StepRecord(**_known(StepRecord, record)) for name, record in values["steps"].items()}
        return RunRecord(**_known(RunRecord, values) | {"steps": steps})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError(
            f"{path} is not the record of a run ({type(error).__name__}: {error}). Choose another folder, or remove it."
        ) from error


def installed_versions() -> dict[str, str]:
    """Return the versions of Python and of the training stack."""
    found = {"python": platform.python_version()}
    for name in _STACK:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _known(kind: type[RunRecord | StepRecord], values: Mapping[str, Any]) -> dict[str, Any]:
    # A newer version may have written more keys than this one knows.
    names = {each.name for each in fields(kind)}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in names}
