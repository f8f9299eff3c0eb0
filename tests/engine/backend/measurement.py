"""What :mod:`tests.engine.backend.measure` found out in a process of its own, once for all tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors.torch import load_file

__all__ = ["ROOT", "Measure", "Measurement", "run_measure"]

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Measurement:
    told: dict[str, Any]
    gradients: dict[str, torch.Tensor]
    adapter: Path  # as it is before training


Measure: TypeAlias = Callable[..., Measurement]


def run_measure(base: Path, backend: str, folder: Path, *flags: str) -> Measurement:
    place, weights = folder / "-".join((base.name, backend, *flags)), folder / f"{base.name}.safetensors"
    command = [sys.executable, "-m", "tests.engine.backend.measure", str(base), backend, str(weights), str(place), *flags]
    environment = os.environ | {"UNSLOTH_FORCE_CPU": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    return Measurement(told, load_file(place / "gradients.safetensors"), place / "adapter")
