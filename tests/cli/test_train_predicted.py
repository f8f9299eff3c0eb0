"""``ft-core train --predicted-inputs``: adapters answer for the steps after them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ft_core.cli import main
from ft_core.infer.prediction import predictor
from tests.cli.test_train_resumed import stop_after

pytestmark = pytest.mark.usefixtures("own_log")

STEPS = ("instrument", "action")
FLAGS = "--device cpu --batch-size 2 --gradient-accumulation-steps 1 --max-steps 3 --lora-r 2 --learning-rate 1e-2 --leaks off"

Train = Callable[..., int]


@pytest.fixture
def train(tmp_path: Path, base: Path, tales: Path) -> Train:
    """Trains two steps into a folder of ``tmp_path``; further flags come last."""

    def run(out: str, share: float, *flags: str, steps: tuple[str, ...] = STEPS) -> int:
        where = ["--data-dir", str(tales), "--output-dir", str(tmp_path / out), "--model-name", str(base)]
        return main(["train", "--steps", *steps, *where, *FLAGS.split(), "--predicted-inputs", str(share), *flags])

    return run


def read_steps(run: Path) -> dict[str, Any]:
    steps: dict[str, Any] = json.loads((run / "run.json").read_text(encoding="utf-8"))["steps"]
    return steps


def read_mixed(run: Path, step: str) -> list[dict[str, Any]]:
    text = (run / "_data" / "predicted_inputs" / f"{step}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def read_weights(run: Path) -> list[bytes]:
    return [(run / step / "adapter_model.safetensors").read_bytes() for step in STEPS]


@pytest.mark.parametrize("backend", ["hf", "unsloth"])
def test_answers_reach_the_prompts_of_the_next_step_and_the_gold_answers_stay(
    tmp_path: Path, train: Train, backend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("none", 0, "--backend", backend) == 0
    assert train("all", 1, "--backend", backend) == 0
    told = capsys.readouterr().err
    mixed = read_mixed(tmp_path / "all", "action")
    assert len(mixed) == len({(each["story"], each["event"]) for each in mixed}) > 0
    for each in mixed:
        assert each["inputs"]["instrument"] != "silver comb"
        assert each["inputs"]["instrument"] in each["user"]
        assert "silver comb" not in each["user"].replace("a silver comb", "")
    before, after = (read_steps(tmp_path / run)["action"] for run in ("none", "all"))
    assert before["predicted_inputs"] is None
    assert after["predicted_inputs"] == {
        "tales": len({each["story"] for each in mixed}),
        "chosen": len(mixed),
        "mixed": len(mixed),
        "kept": {},
    }
    assert f"Step action: {len(mixed)} of {len(mixed)} examples have inputs by instrument." in told
    assert after["trained_tokens"] == before["trained_tokens"]
    assert after["tokens"] != before["tokens"]
    (first, action), (second, mixed_action) = read_weights(tmp_path / "none"), read_weights(tmp_path / "all")
    assert first == second
    assert action != mixed_action
    assert not (tmp_path / "none" / "_data" / "predicted_inputs").exists()


def test_a_process_of_its_own_gives_the_same_adapters(tmp_path: Path, train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    assert train("here", 1) == 0
    monkeypatch.setattr(predictor, "needs_own_process", lambda _: True)
    assert train("elsewhere", 1) == 0
    assert read_mixed(tmp_path / "here", "action") == read_mixed(tmp_path / "elsewhere", "action")
    assert read_weights(tmp_path / "here") == read_weights(tmp_path / "elsewhere")


@pytest.mark.parametrize("lost", ["nothing", "what was mixed", "the tales"])
def test_a_stopped_run_goes_on_to_the_same_adapters(
    tmp_path: Path, train: Train, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert train("whole", 0.5) == 0
    with monkeypatch.context() as patch:
        stop_after(patch, 2, of=2)
        assert train("run", 0.5) == 130
    assert {name: step["status"] for name, step in read_steps(tmp_path / "run").items()} == {
        "instrument": "done",
        "action": "running",
    }
    if lost == "what was mixed":
        (tmp_path / "run" / "_data" / "predicted_inputs" / "action.jsonl").unlink()
    if lost == "the tales":
        (tmp_path / "tales" / "ant.json").unlink()
    assert main(["train", "--resume", str(tmp_path / "run")]) == 0
    assert read_weights(tmp_path / "run") == read_weights(tmp_path / "whole")
    assert read_mixed(tmp_path / "run", "action") == read_mixed(tmp_path / "whole", "action")
    contracts = [json.loads((tmp_path / run / "action" / "contract.json").read_text("utf-8")) for run in ("run", "whole")]
    assert contracts[0]["training"] == contracts[1]["training"]
    assert set(contracts[0]["training"]["input_shares"]) >= {"segment", "instrument"}
    counts = [read_steps(tmp_path / run)["action"]["predicted_inputs"] for run in ("run", "whole")]
    assert counts[0] == counts[1]


def test_an_adapter_that_cannot_answer_fails_the_steps_after_it(
    tmp_path: Path, train: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("run", 0.5, steps=("instrument",)) == 0
    weights = tmp_path / "run" / "instrument" / "adapter_model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(b"not weights")
    assert train("run", 0.5, steps=("action",)) == 1
    reason = "Step 'instrument' cannot answer for the steps after it, as predicted_inputs asks: "
    assert f"Step action failed: {reason}" in capsys.readouterr().err
    failed = read_steps(tmp_path / "run")["action"]
    assert failed["status"] == "failed"
    assert failed["reason"].endswith("\nTrain the steps after it with --predicted-inputs 0.")
    weights.write_bytes(content)
    assert train("run", 0.5, steps=("action",)) == 0, (
        "a step added later is asked with the answers of the adapters that are there"
    )
    assert read_steps(tmp_path / "run")["action"]["predicted_inputs"]["mixed"] > 0
