"""Training with Unsloth's own kernels, in a process of its own: this one may have imported Unsloth for the CPU."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import ft_core

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")]

BENCH = Path(__file__).resolve().parents[2] / "bench" / "train_gpu.py"
SAMPLES = Path(ft_core.__file__).parent / "samples"


@pytest.mark.parametrize("flags", [[], ["--load-in-4bit"]], ids=["bf16", "4bit"])
def test_every_installed_step_trains_on_a_gpu(tmp_path: Path, flags: list[str]) -> None:
    command = [sys.executable, str(BENCH), "--shape", "tiny", "--data-dir", str(SAMPLES), "--base-dir", str(tmp_path), *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    assert found["failed"] == {}
    assert all(step["examples_per_second"] > 0 and step["peak_gib"] > 0 for step in found["steps"].values())
