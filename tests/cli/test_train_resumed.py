"""``ft-core train`` that is stopped by a signal and goes on with ``--resume``."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from ft_core.cli import main
from ft_core.engine.loop.batch import Batch
from ft_core.engine.loop.optimization import Optimization
from tests.tales import make_tale, write_tale

FLAGS = [
    "--device",
    "cpu",
    "--batch-size",
    "2",
    "--gradient-accumulation-steps",
    "1",
    "--num-epochs",
    "2",
    "--lora-r",
    "2",
    "--leaks",
    "off",
]


@pytest.fixture
def begin(tmp_path: Path, base: Path, tales: Path) -> Callable[[str], list[str]]:
    def command(out: str) -> list[str]:
        data = ["--data-dir", str(tales), "--output-dir", str(tmp_path / out), "--model-name", str(base)]
        return ["train", "--steps", "action", "instrument", *data, *FLAGS]

    return command


def stop_after(monkeypatch: pytest.MonkeyPatch, step: int, of: int = 1) -> None:
    """Signal after an optimizer step of the first adapter that is trained, or of a later one."""
    real = Optimization._step
    seen: list[Optimization] = []

    def step_and_signal(self: Optimization, batch: Batch, started: float) -> None:
        real(self, batch, started)
        if self not in seen:
            seen.append(self)
        if batch.step + 1 == step and len(seen) == of:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Optimization, "_step", step_and_signal)


def read_statuses(run: Path) -> dict[str, str]:
    steps = json.loads((run / "run.json").read_text(encoding="utf-8"))["steps"]
    return {name: step["status"] for name, step in steps.items()}


def test_a_stopped_run_says_how_to_go_on_and_gives_the_same_adapters(
    tmp_path: Path, begin: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        stop_after(patch, 2)
        assert main(begin("run")) == 130
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == (
        f"Training was stopped by SIGINT after optimizer step 2 of 6; a checkpoint was written. "
        f"Go on with: ft-core train --resume {tmp_path / 'run'}"
    )
    assert read_statuses(tmp_path / "run") == {"instrument": "running"}
    shutil.rmtree(tmp_path / "tales")  # the run keeps what it is trained on
    assert main(["train", "--resume", str(tmp_path / "run")]) == 0
    assert "Step instrument: going on after optimizer step 2." in capsys.readouterr().err
    assert read_statuses(tmp_path / "run") == {"action": "done", "instrument": "done"}
    for name in ("ant", "bee", "cat", "dog"):
        write_tale(tmp_path / "tales", make_tale(name))
    assert main(begin("whole")) == 0
    for step in ("action", "instrument"):
        adapters = [(tmp_path / run / step / "adapter_model.safetensors").read_bytes() for run in ("run", "whole")]
        assert adapters[0] == adapters[1]
    assert main(["train", "--resume", str(tmp_path / "run")]) == 0, "a run that is done has nothing left to do"


def test_resuming_takes_no_other_settings_and_needs_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--resume", str(tmp_path), "--learning-rate", "1"]) == 2
    assert "--resume goes on with the run's own data, steps and settings; give the folder alone." in capsys.readouterr().err
    assert main(["train", "--resume", str(tmp_path)]) == 1
    assert (
        "holds no run that could go on: it has no run.json. Begin one, with --data-dir or --prepared."
        in capsys.readouterr().err
    )


def test_a_run_whose_data_was_changed_does_not_go_on(
    tmp_path: Path, begin: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        stop_after(patch, 1)
        assert main(begin("run")) == 130
    manifest = tmp_path / "run" / "_data" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"data_hash": "', '"data_hash": "0'), encoding="utf-8")
    assert main(["train", "--resume", str(tmp_path / "run")]) == 1
    assert "cannot go on, for something has changed:\n  - data: " in capsys.readouterr().err
