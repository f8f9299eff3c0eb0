"""Checks of the folders that are written to, and of the space there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ft_core.engine.doctor.finding import Finding, Status
from ft_core.engine.embedded_model import embedded_folder
from ft_core.engine.environment import cache_dir

__all__ = ["check_folder", "check_folders"]

_GB = 10**9
_CONVERTED = 0.6 * _GB  # the embedded model in float32
_FEW = 0.2 * _GB  # for the lines of prepared tales, for adapters and checkpoints


def check_folders(output_dir: Path) -> Iterator[Finding]:
    """Look whether the folders can be written to: ft-core's cache, the hub's, the system's for temporary files, the output.

    Args:
        output_dir: where adapters would go; it need not exist, and is not made.
    """
    needed = 0.0 if embedded_folder().is_dir() else _CONVERTED
    yield check_folder("cache", cache_dir(), needed, "name another folder with FT_CORE_CACHE")
    # A hub cache for many users may well be read-only: the models that are in it can be used.
    hub_remedy = "to download a base model, name another folder with HF_HOME"
    yield check_folder("hub cache", _find_hub_cache(), 0, hub_remedy, otherwise="note")
    yield check_folder("temporary", Path(tempfile.gettempdir()), _FEW, "name another folder with TMPDIR")
    yield check_folder("output", output_dir, _FEW, "name another folder with --output-dir")


def check_folder(name: str, folder: Path, needed: float, remedy: str, otherwise: Status = "problem") -> Finding:
    """Look whether a folder, or the nearest one above it that is there, can be written to.

    Args:
        name: what the folder is for.
        folder: need not exist.
        needed: bytes that should be free.
        remedy: what to do where it cannot be used.
        otherwise: the status where it cannot be used.
    """
    folder = folder.expanduser().absolute()
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
            file.flush()
        free = shutil.disk_usage(there).free
    except OSError as error:
        return Finding(name, otherwise, f"{folder} cannot be written to: {error.strerror or error}", remedy)
    text = f"{folder}{'' if there == folder else ' (not there yet)'} can be written to; {free / _GB:.1f} GB free"
    if free < needed:
        return Finding(name, otherwise, f"{text}, {needed / _GB:.1f} GB are needed", f"free some space, or {remedy}")
    return Finding(name, "ok", text)


def _find_hub_cache() -> Path:
    # As the hub's client looks for it, which may not be installed.
    named = os.environ.get("HF_HUB_CACHE")
    if named:
        return Path(named)
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    return Path(home) / "hub"
