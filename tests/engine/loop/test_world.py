"""Two processes that train together on one machine, with gloo on a CPU."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ft_core.cli import main
from ft_core.engine.loop.world import World, find_world, is_first_process

ROOT = Path(__file__).resolve().parents[3]
FLAGS = [
    "--device", "cpu", "--batch-size", "3", "--gradient-accumulation-steps", "1", "--num-epochs", "2", "--lora-r", "4", "--no-bf16",
    "--pack-tokens", "64", "--learning-rate", "1e-2",
]  # fmt: skip


def write_prepared(folder: Path) -> None:
    folder.mkdir()
    for split, number in (("train", 7), ("val", 2)):
        rows = [
            {"instruction": f"Say what is done.\n\nA fox ran {'on, ' * n}home.", "input": "", "output": f'{{"type": "{n}"}}'}
            for n in range(number)
        ]
        (folder / f"action_{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def find_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def make_command(prepared: Path, base: Path, out: Path) -> list[str]:
    data = ["--prepared", str(prepared), "--model-name", str(base), "--output-dir", str(out)]
    return ["train", "--step", "action", *data, *FLAGS]


def run_together(command: list[str]) -> subprocess.CompletedProcess[str]:
    launcher = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", str(find_port()), "-m", "ft_core"]
    environment = os.environ | {"UNSLOTH_FORCE_CPU": "1", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *launcher, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.usefixtures("own_log")
def test_two_processes_learn_what_one_does_and_one_of_them_writes(tiny_llama: Path, tmp_path: Path) -> None:
    write_prepared(tmp_path / "prepared")
    assert main(make_command(tmp_path / "prepared", tiny_llama, tmp_path / "alone")) == 0
    both = run_together(make_command(tmp_path / "prepared", tiny_llama, tmp_path / "both"))
    assert both.returncode == 0, both.stderr
    one, two = (load_file(tmp_path / name / "action" / "adapter_model.safetensors") for name in ("alone", "both"))
    for name in one:
        torch.testing.assert_close(one[name], two[name], rtol=1e-3, atol=2e-4)
    logs = [(tmp_path / name / "action" / "log.jsonl").read_text(encoding="utf-8").splitlines() for name in ("alone", "both")]
    losses = [[json.loads(line).get("loss", json.loads(line).get("val_loss")) for line in log] for log in logs]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    tokens = [json.loads(log[-2])["tokens"] for log in logs]
    assert tokens[0] == tokens[1]
    assert both.stderr.count("step 1/6") == 1
    assert sorted(path.name for path in (tmp_path / "both").iterdir()) == ["action", "run.json"]


def test_a_process_alone_has_everything() -> None:
    world = find_world("cpu")
    assert world == World(0, 1)
    assert world.share([1, 2, 3]) == [1, 2, 3]
    assert [World(rank, 2).share([1, 2, 3]) for rank in (0, 1)] == [[1, 3], [2]]


def test_the_first_process_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (World(0, 2).is_writer, World(1, 2).is_writer, is_first_process()) == (True, False, True)
    monkeypatch.setenv("RANK", "1")
    assert not is_first_process()
