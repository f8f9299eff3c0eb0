"""Checkpoints of a training: complete or absent, checked before they are used, and nothing in them is unpickled."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ft_core.atomic import make_folder, replace_folder, telling_what_to_do

if TYPE_CHECKING:
    import torch

__all__ = ["Checkpoint", "CheckpointStore"]

logger = logging.getLogger(__name__)

Tensors: TypeAlias = "Mapping[str, torch.Tensor]"

_STATE = "state.json"
_MANIFEST = "manifest.json"
_NAME = "step-"
_BEST = "best"
_KEPT = 2


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint holds.

    Attributes:
        state: a JSON object.
        tensors: tensors by name, in groups: each group is one safetensors file.
    """

    state: Mapping[str, Any]
    tensors: Mapping[str, Tensors]


class CheckpointStore:
    """The checkpoints in a folder: the last two by their optimizer step, and the best one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, step: int, checkpoint: Checkpoint) -> None:
        """Write a checkpoint, and remove those before the last two.

        Raises:
            OutputError: no space, no permission, or something in the way.
        """
        self._write(f"{_NAME}{step:08}", checkpoint)
        for old in self._list_steps()[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    def save_best(self, checkpoint: Checkpoint) -> None:
        """Write the best checkpoint in the place of the one before.

        Raises: as :meth:`save`.
        """
        self._write(_BEST, checkpoint)

    def load_last(self) -> Checkpoint | None:
        """Return the last checkpoint that is whole, or None where there is none; the log names those that are not."""
        for folder in reversed(self._list_steps()):
            checkpoint = self._read(folder)
            if checkpoint is not None:
                return checkpoint
        return None

    def load_best(self) -> Checkpoint | None:
        """Return the best checkpoint, or None where there is none that is whole."""
        folder = self._folder / _BEST
        return self._read(folder) if folder.is_dir() else None

    def remove(self) -> None:
        """Remove all checkpoints."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _list_steps(self) -> list[Path]:
        return sorted(self._folder.glob(f"{_NAME}*")) if self._folder.is_dir() else []

    def _write(self, name: str, checkpoint: Checkpoint) -> None:
        from safetensors.torch import save_file

        make_folder(self._folder)
        final = self._folder / name
        with telling_what_to_do(final):
            for leftover in self._folder.glob(f".{name}.*"):  # of a process that was killed while it wrote
                shutil.rmtree(leftover, ignore_errors=True)
            temporary = Path(tempfile.mkdtemp(dir=self._folder, prefix=f".{name}."))
            try:
                for group, tensors in checkpoint.tensors.items():
                    save_file(
                        {key: value.detach().cpu().contiguous() for key, value in tensors.items()},
                        temporary / f"{group}.safetensors",
                    )
                (temporary / _STATE).write_text(json.dumps(checkpoint.state, indent=1, sort_keys=True), encoding="utf-8")
                (temporary / _MANIFEST).write_text(json.dumps(_describe_files(temporary), indent=1), encoding="utf-8")
                replace_folder(temporary, final)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)

    def _read(self, folder: Path) -> Checkpoint | None:
        from safetensors.torch import load_file

        try:
            fault = _find_fault(folder)
            if not fault:
                state = json.loads((folder / _STATE).read_text(encoding="utf-8"))
                return Checkpoint(state, {path.stem: load_file(path) for path in sorted(folder.glob("*.safetensors"))})
        except (OSError, ValueError) as error:
            fault = str(error)
        logger.warning(
            "The checkpoint %s is damaged (%s) and is not used; the one before it is, if there is one.", folder, fault
        )
        return None


def _describe_files(folder: Path) -> dict[str, dict[str, Any]]:
    return {path.name: {"bytes": path.stat().st_size, "sha256": _hash_file(path)} for path in sorted(folder.iterdir())}


def _find_fault(folder: Path) -> str:
    """Say which file of a checkpoint is not what its manifest has, or return ``""``."""
    expected = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    for name, entry in expected.items():
        path = folder / name
        if not path.is_file():
            return f"{name} is missing"
        if path.stat().st_size != entry["bytes"] or _hash_file(path) != entry["sha256"]:
            return f"{name} is not what was written"
    return ""


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
