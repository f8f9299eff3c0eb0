"""A run that is killed at any point goes on, and comes out as if nothing had happened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def run_killed(base: Path, place: Path, seed: int, points: int) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.engine.loop.killed_training", str(base), str(place), str(seed), str(points)]
    environment = os.environ | {"UNSLOTH_FORCE_CPU": "1", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def read_run(folder: Path) -> dict[str, str]:
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return {name: step["status"] for name, step in run["steps"].items()}


def list_losses(folder: Path, step: str) -> list[tuple[int, float]]:
    lines = map(json.loads, (folder / step / "log.jsonl").read_text(encoding="utf-8").splitlines())
    return [(line["step"], line.get("loss", line.get("val_loss"))) for line in lines]


def check(base: Path, place: Path, seed: int, points: int) -> None:
    told = run_killed(base, place, seed, points)
    whole = Path(str(told["whole"]))
    for each in told["killed"]:  # type: ignore[attr-defined]
        folder = Path(each["folder"])
        assert (each["killed"], each["resumed"]) == (-9, 0), each
        assert read_run(folder) == {"action": "done", "stac": "done"}
        for step in ("action", "stac"):
            for name in ("adapter_model.safetensors", "adapter_config.json", "tokenizer.json"):
                assert (folder / step / name).read_bytes() == (whole / step / name).read_bytes(), (each, step, name)
            assert list_losses(folder, step) == list_losses(whole, step), each
            assert not (folder / step / "checkpoints").exists()


def test_a_run_killed_at_three_points_and_resumed_gives_the_same_adapters(tiny_llama: Path, tmp_path: Path) -> None:
    check(tiny_llama, tmp_path, seed=1, points=3)


@pytest.mark.slow
def test_a_run_killed_at_twenty_points_and_resumed_gives_the_same_adapters(tiny_llama: Path, tmp_path: Path) -> None:
    check(tiny_llama, tmp_path, seed=2, points=20)
