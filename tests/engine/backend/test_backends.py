"""Unsloth, and plain transformers with PEFT, learn the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from ft_core.engine.backend.choice import get_backend
from ft_core.errors import TrainingError

ROOT = Path(__file__).resolve().parents[3]


def measure(base: Path, backend: str, folder: Path, *flags: str) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    out = folder / f"{base.name}-{backend}{''.join(flags)}.safetensors"
    weights = folder / f"{base.name}-weights.safetensors"
    command = [sys.executable, "-m", "tests.engine.backend.measure", str(base), backend, str(weights), str(out), *flags]
    environment = os.environ | {"UNSLOTH_FORCE_CPU": "1", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), load_file(out)


@pytest.mark.parametrize("kind", ["tiny_llama", "tiny_qwen2"])
def test_both_backends_give_the_same_loss_and_gradients_on_the_same_packs(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    base: Path = request.getfixturevalue(kind)
    ours, gradients = measure(base, "hf", tmp_path)
    theirs, expected = measure(base, "unsloth", tmp_path)
    assert (ours["unsloth"], theirs["unsloth"]) == (False, True)
    assert ours["restored"]
    assert theirs["restored"]
    assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-5)
    assert gradients.keys() == expected.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, expected[name], rtol=1e-3, atol=1e-5)


def test_checkpointing_changes_no_gradient_and_the_seed_decides_the_first_weights(tiny_llama: Path, tmp_path: Path) -> None:
    plain, expected = measure(tiny_llama, "hf", tmp_path)
    again, gradients = measure(tiny_llama, "hf", tmp_path, "checkpointing")
    assert plain == again
    assert any(plain["first"].values())
    assert all(torch.equal(gradients[name], expected[name]) for name in expected)


def test_a_run_with_plain_transformers_gives_an_adapter_that_peft_loads(tiny_llama: Path, tmp_path: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    rows = [{"instruction": f"Say it.\n\nFox {n}.", "input": "", "output": f'{{"a": {n}}}'} for n in range(6)]
    (tmp_path / "prepared").mkdir()
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "prepared" / "action_train.jsonl").write_text(lines, encoding="utf-8")
    flags = ["--model-name", str(tiny_llama), "--device", "cpu", "--backend", "hf", "--max-steps", "2", "--lora-r", "2"]
    data = ["--prepared", str(tmp_path / "prepared"), "--output-dir", str(tmp_path / "run"), "--step", "action"]
    command = [sys.executable, "-m", "ft_core", "train", *data, *flags]
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "with transformers and PEFT." in done.stderr
    folder = tmp_path / "run" / "action"
    PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_llama), folder)
    targets = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["target_modules"]
    assert targets == ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
    step = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))["steps"]["action"]
    assert (step["packing"], step["forward"]) == ("shared", "interface")


def test_on_a_gpu_plain_transformers_need_a_process_that_unsloth_has_not_patched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unsloth", ModuleType("unsloth"))
    with pytest.raises(
        TrainingError, match="has imported Unsloth, which patches transformers. Train with --backend hf in a new"
    ):
        get_backend("hf").start("cuda")
    get_backend("hf").start("cpu")
