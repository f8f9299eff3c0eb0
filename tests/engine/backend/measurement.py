"""What :mod:`tests.engine.backend.measure` found out in processes of its own, once for all tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors.torch import load_file

__all__ = ["ROOT", "Measure", "Measurement", "ask", "measuring"]

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Measurement:
    told: dict[str, Any]
    gradients: dict[str, torch.Tensor]
    adapter: Path  # as it is before training


Measure: TypeAlias = Callable[..., Measurement]


@contextmanager
def measuring(kind: str, log: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that measures, ``plain`` or ``patched`` by Unsloth; the log has what it says."""
    command = [sys.executable, "-m", "tests.engine.backend.measure", kind]
    environment = os.environ | {"UNSLOTH_FORCE_CPU": "1", "HF_HUB_OFFLINE": "1"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "bufsize": 1}
    with log.open("w") as told, subprocess.Popen(command, cwd=ROOT, env=environment, stderr=told, **pipes) as process:
        yield process


def ask(process: subprocess.Popen[str], log: Path, base: Path, backend: str, *, checkpointing: bool = False) -> Measurement:
    folder = log.with_suffix("") / "-".join((base.name, backend, str(checkpointing)))
    weights = log.parent / f"{base.name}.safetensors"
    asked = {"base": base, "backend": backend, "weights": weights, "folder": folder, "checkpointing": checkpointing}
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(asked, default=str) + "\n")
    answer = process.stdout.readline().strip()
    assert answer, log.read_text(encoding="utf-8")
    return Measurement(json.loads(answer), load_file(folder / "gradients.safetensors"), folder / "adapter")
