"""The embedded model on the sample tales: real prompts, real weights, a few optimizer steps."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import ft_core
from ft_core.config import FineTuneConfig
from ft_core.corpus.preparing import prepare_training_data
from ft_core.engine.base_model import find_base_model
from ft_core.engine.training import train_steps
from ft_core.infer.generate.open_run import open_run
from ft_core.step import load_steps

pytestmark = pytest.mark.e2e

SAMPLES = Path(ft_core.__file__).parent / "samples"
COMPARE = Path(__file__).parents[2] / "examples" / "compare_answers.py"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One adapter, trained for four optimizer steps while every connection is refused."""
    find_base_model("smollm2-135m").locate()
    config = FineTuneConfig(
        model_name="smollm2-135m",
        device="cpu",
        output_dir=str(tmp_path_factory.mktemp("run")),
        batch_size=1,
        gradient_accumulation_steps=1,
        learning_rate=1e-3,
        max_steps=4,
        max_examples=4,
    )
    steps = load_steps().select(["instrument"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        train_steps(prepare_training_data([SAMPLES], steps, config), steps, config)
    return Path(config.output_dir)


def refuse(*address: object, **_: object) -> None:
    raise AssertionError(f"a connection was attempted: {address}")


def test_training_learns_without_a_connection(run: Path) -> None:
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    step = record["steps"]["instrument"]
    assert step["status"] == "done", step["reason"]
    assert step["examples"] == 4
    assert step["last_loss"] < 0.7 * step["first_loss"]
    assert record["base"]["name"] == "smollm2-135m"


def test_plain_peft_loads_the_adapter_and_no_path_of_this_machine_is_in_it(run: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    folder = run / "instrument"
    base = find_base_model("smollm2-135m").locate()
    PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), folder)
    for path in folder.glob("*.json"):
        assert str(base.parent) not in path.read_text(encoding="utf-8"), path.name


def test_the_adapters_answer_is_not_the_bases(run: Path) -> None:
    config = FineTuneConfig()
    data = prepare_training_data([SAMPLES], load_steps().select(["instrument"]), config)
    prompt = data.steps["instrument"].test[0].prompt
    answerer = open_run(run, device="cpu", max_new_tokens=24).answerer
    with_adapter, alone = (
        answerer.ask("instrument", [prompt], adapter=adapter, constrained=False)[0].text for adapter in (True, False)
    )
    assert with_adapter != alone
    assert set(json.loads(with_adapter)) == {"instrument", "explanation"}


def test_the_demo_shows_gold_base_and_adapter_of_an_unseen_event(run: Path) -> None:
    command = [sys.executable, str(COMPARE), str(run), str(SAMPLES)]
    shown = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    lines = [line.split(maxsplit=1)[0] for line in shown.splitlines() if line.strip()]
    assert [each for each in lines if each in {"gold", "base", "adapter"}] == ["gold", "base", "adapter"]
    tales = prepare_training_data([SAMPLES], load_steps().select(["instrument"]), FineTuneConfig()).tales
    assert shown.split("=== instrument: ")[1].split(",")[0] in tales["test"]
