"""Training with Unsloth's own kernels, in a process of its own: this one may have imported Unsloth for the CPU."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from ft_core.corpus.reading.samples import samples_dir
from tests.engine.bases import save_base

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")]

BENCH = Path(__file__).resolve().parents[2] / "bench" / "train_gpu.py"
STEPS = ("action", "stac")


@pytest.mark.parametrize("flags", [[], ["--load-in-4bit"]], ids=["bf16", "4bit"])
def test_steps_train_on_a_gpu_with_shared_packs_on_unsloths_fast_path(tmp_path: Path, flags: list[str]) -> None:
    write_prepared(tmp_path / "prepared")
    data = ["--prepared", str(tmp_path / "prepared"), "--base-dir", str(tmp_path), "--output", str(tmp_path / "found.json")]
    command = [sys.executable, str(BENCH), "--shape", "tiny", "--recipes", "ours", *data, *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))[-1]["measured"]
    assert {each["step"]: (each["packing"], each["forward"]) for each in found} == dict.fromkeys(STEPS, ("shared", "unsloth"))
    assert all(each["examples_per_s"] > 0 and each["peak_gib"] > 0 for each in found)


def write_prepared(folder: Path) -> None:
    folder.mkdir()
    for step in STEPS:
        rows = [
            {
                "instruction": f"Say the {step} of what is told.\n\nA fox ran {'on, ' * n}home.",
                "input": "",
                "output": f'{{"a": {n}}}',
            }
            for n in range(20)
        ]
        (folder / f"{step}_train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.mark.parametrize("backend", ["unsloth", "hf"])
def test_adapters_answer_for_the_steps_after_them_on_a_gpu(tmp_path: Path, backend: str) -> None:
    run, base = tmp_path / "run", save_base(tmp_path / "base", context=8192)
    flags = "--device cuda --max-steps 3 --batch-size 2 --lora-r 8 --learning-rate 1e-2 --predicted-inputs 0.5 --steps instrument action"
    where = ["--data-dir", str(samples_dir()), "--output-dir", str(run), "--model-name", str(base), "--backend", backend]
    command = [sys.executable, "-m", "ft_core", "train", *flags.split(), *where]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    counts = json.loads((run / "run.json").read_text(encoding="utf-8"))["steps"]["action"]["predicted_inputs"]
    assert counts["tales"] == 4
    assert counts["mixed"] > 0
