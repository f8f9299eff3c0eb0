"""Whole runs without Unsloth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.backend.measurement import ROOT


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    rows = [{"instruction": f"Say it.\n\nFox {n}.", "input": "", "output": f'{{"a": {n}}}'} for n in range(6)]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "action_train.jsonl").write_text(lines, encoding="utf-8")
    return folder


def train(base: Path, prepared: Path, backend: str, folder: Path) -> str:
    """Train for two optimizer steps in a process where Unsloth cannot be imported, and return what it said."""
    hidden = folder / "hidden"
    hidden.mkdir()
    (hidden / "unsloth.py").write_text('raise ImportError("hidden")\n', encoding="utf-8")
    flags = ["--model-name", str(base), "--device", "cpu", "--backend", backend, "--max-steps", "2", "--lora-r", "2"]
    data = ["--prepared", str(prepared), "--output-dir", str(folder / "run"), "--step", "action"]
    command = [sys.executable, "-m", "ft_core", "train", *data, *flags]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(hidden)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == (0 if backend == "hf" else 1), done.stderr
    return done.stderr


def test_a_run_with_plain_transformers_needs_no_unsloth_and_gives_an_adapter_that_peft_loads(
    tiny_llama: Path, prepared: Path, tmp_path: Path
) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    assert "with transformers and PEFT." in train(tiny_llama, prepared, "hf", tmp_path)
    folder = tmp_path / "run" / "action"
    PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_llama), folder)
    targets = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["target_modules"]
    assert targets == ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
    step = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))["steps"]["action"]
    assert (step["packing"], step["forward"]) == ("shared", "interface")


def test_a_run_with_unsloth_says_how_to_install_it_where_it_cannot_be_imported(
    tiny_llama: Path, prepared: Path, tmp_path: Path
) -> None:
    said = train(tiny_llama, prepared, "unsloth", tmp_path)
    assert "unsloth cannot be imported: hidden. Install what training needs:" in said
