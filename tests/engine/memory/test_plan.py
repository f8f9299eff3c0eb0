from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import Qwen2Config

from ft_core.cli.train_plan import print_plan
from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData, TrainingData
from ft_core.engine.loop.batch import BatchOrder
from ft_core.engine.memory.plan import TrainingPlan, plan_training
from ft_core.engine.training import train_steps
from ft_core.errors import BaseModelError, ConfigError, NoExamplesError, TrainingError, UsageError
from ft_core.example import TrainingText
from ft_core.prompt import Prompt
from ft_core.step import Step
from tests.engine.bases import chatml_tokenizer
from tests.engine.fake_step import fake_step, some_data, some_texts
from tests.engine.memory.shapes import QWEN_7B

Plan = Callable[..., TrainingPlan]
GB = 10**9


@pytest.fixture(scope="module")
def big_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shape of Qwen2 7B, with a tokenizer and without a single weight: a plan reads none."""
    folder = tmp_path_factory.mktemp("bases") / "qwen-7b"
    tokenizer = chatml_tokenizer()
    Qwen2Config(**QWEN_7B, max_position_embeddings=32768, eos_token_id=2, bos_token_id=1, pad_token_id=0).save_pretrained(
        folder
    )
    tokenizer.save_pretrained(folder)
    return folder


def long_texts(number: int = 40, words: int = 120) -> tuple[TrainingText, ...]:
    """Rows that share their beginning, and are about as long as those of real tales."""
    task = "Label the event; answer as JSON. " * 12
    return tuple(
        TrainingText(
            Prompt(task, f"Segment: tale {i}. " + "The fox saw a crow. " * (words // 5 + i % 7)),
            '{"type": "give"}',
            f"t{i}",
            "e",
        )
        for i in range(number)
    )


@pytest.fixture
def plan(big_base: Path) -> Plan:
    def make(size: float | None, data: TrainingData | None = None, **settings: Any) -> TrainingPlan:
        held = {} if size is None else {"gpu_memory": f"{size}GB"}
        config = FineTuneConfig.model_validate({"model_name": str(big_base)} | held | settings)
        data = data or some_data(action=long_texts())
        steps: list[Step] = [fake_step(name) for name in data.steps]
        return plan_training(data, steps, config)

    return make


def test_with_room_enough_nothing_is_changed(plan: Plan) -> None:
    made = plan(80)
    step = made.steps["action"]
    assert (made.load_in_4bit, step.fit.way.checkpointing, step.fit.packing.budget, step.fit.changes) == (
        False,
        False,
        8192,
        (),
    )
    assert made.parameters == 7_615_616_512


def test_first_the_base_is_quantized_then_packs_are_smaller_then_activations_are_computed_again(plan: Plan) -> None:
    sizes = [80 - each for each in range(74)]
    found = []
    for size in sizes:
        try:
            made = plan(size)
        except TrainingError:
            break
        fit = made.steps["action"].fit
        found.append((made.load_in_4bit, fit.packing.budget < 8192, fit.way.checkpointing))
    assert list(dict.fromkeys(found))[:3] == [(False, False, False), (True, False, False), (True, True, False)]
    assert found[-1][2]
    assert len(found) < len(sizes)


@pytest.mark.parametrize("size", [8, 12, 24, 48, 80])
def test_a_plan_never_takes_more_than_there_is_and_never_changes_what_a_step_learns_from(plan: Plan, size: int) -> None:
    step = plan(size, batch_size=8).steps["action"]
    assert step.fit.estimate.total <= size * GB
    assert (step.workload.schedule.batch, step.workload.schedule.steps) == (32, 6)
    lengths = [len(row.input_ids) for row in step.workload.rows]
    places = BatchOrder(len(lengths), 32, step.workload.seed).find(0).places
    packed = step.fit.packing.group(places, lengths)
    assert sorted(place for pack in packed for place in pack) == sorted(places)


def test_one_step_that_needs_it_makes_the_base_4_bit_for_all(plan: Plan) -> None:
    data = some_data(action=long_texts(), stac=long_texts(4, words=10))
    alone = plan(26, some_data(stac=long_texts(4, words=10)))
    both = plan(26, data)
    assert not alone.load_in_4bit
    assert both.steps["stac"].fit.way.in_4bit
    assert both.changes == ("the base is loaded in 4 bit",)


def test_who_says_that_the_base_is_not_to_be_4_bit_gets_it_so(plan: Plan) -> None:
    made = plan(24, load_in_4bit=False)
    assert not made.load_in_4bit
    assert made.steps["action"].fit.packing.budget < 8192


def test_what_fits_in_no_way_is_an_error_that_says_what_would(plan: Plan) -> None:
    with pytest.raises(TrainingError) as caught:
        plan(6)
    message = str(caught.value)
    assert message.startswith("Step 'action' does not fit into 6.0 GB (a GPU): it takes at least ")
    assert "What would fit: " in message
    assert "a device with " in message
    assert "a smaller base model" in message
    with pytest.raises(TrainingError, match="What would fit: .*--load-in-4bit"):
        plan(12, load_in_4bit=False)


def test_the_device_that_would_fit_does(plan: Plan) -> None:
    with pytest.raises(TrainingError) as caught:
        plan(5)
    size = float(str(caught.value).partition("a device with ")[2].partition(" GB")[0])
    assert plan(size).steps["action"].fit.way.checkpointing


def test_a_step_without_examples_is_named_and_no_examples_at_all_are_an_error(plan: Plan) -> None:
    made = plan(80, some_data(action=long_texts(), stac=()))
    assert made.skipped == ("stac",)
    with pytest.raises(NoExamplesError, match="No step has training examples"):
        plan(80, some_data(stac=()))
    with pytest.raises(NoExamplesError, match="Step 'action': all 40 examples are too long"):
        plan(80, max_seq_length=16, too_long="skip")


def test_a_cpu_is_planned_for_with_its_own_memory(tiny_llama: Path) -> None:
    config = FineTuneConfig(model_name=str(tiny_llama), device="cpu")
    made = plan_training(some_data(action=some_texts()), [fake_step("action")], config)
    assert (made.target.device, made.target.name, made.base) == ("cpu", "CPU", "llama")
    assert 0 < made.target.memory <= made.target.total
    config = config.model_copy(update={"gpu_memory": "8GB"})
    with pytest.raises(UsageError, match="gpu_memory is about a GPU, but device is cpu"):
        plan_training(some_data(action=some_texts()), [fake_step("action")], config)


def run(base: Path, gpu_memory: str, *, json_too: bool = False) -> None:
    arguments = argparse.Namespace(json=json_too)
    texts = long_texts()
    data = TrainingData({"action": StepData(texts, val=texts[:3])}, "tales")
    print_plan(arguments, data, [fake_step("action")], FineTuneConfig(model_name=str(base), gpu_memory=gpu_memory))


def test_json_has_every_figure(big_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(big_base, "24GB", json_too=True)
    document = json.loads(capsys.readouterr().out)
    step = document["steps"]["action"]
    assert document["base"] == {"name": "qwen-7b", "parameters": 7_615_616_512}
    assert document["device"]["memory"] == 24 * GB
    assert step["examples"] == {"train": 40, "val": 3, "too_long": 0}
    assert step["row_tokens"]["min"] <= step["row_tokens"]["median"] <= step["row_tokens"]["max"]
    assert 0 < step["prefix_tokens"] < step["row_tokens"]["min"]
    assert (step["packing"], step["effective_batch"], step["optimizer_steps"], step["epochs"]) == ("shared", 16, 9, 3)
    memory = step["memory"]
    assert memory["total"] == sum(memory[part] for part in ("base", "adapter", "activations", "workspace", "rest"))
    assert str(big_base) not in json.dumps(document)


def test_text_has_a_table_and_says_what_is_changed(big_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(big_base, "24GB")
    text = capsys.readouterr().out
    assert text.startswith("Base qwen-7b, 7,615.6 million parameters, 4 bit, on a GPU, 24.0 GB.\n")
    assert "To fit the memory, the base is loaded in 4 bit." in text
    assert "The most memory is for action: " in text


def test_a_size_that_is_none_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigError, match="gpu_memory: .*'eight' is not a size of memory; write a number and a unit"):
        FineTuneConfig(gpu_memory="eight")


def test_a_folder_without_weights_can_be_planned_for_and_not_trained(plan: Plan, big_base: Path, tmp_path: Path) -> None:
    assert not [*big_base.glob("*.safetensors")]
    data = some_data(action=long_texts())
    assert plan(80, data).base == "qwen-7b"
    config = FineTuneConfig(model_name=str(big_base), output_dir=str(tmp_path / "run"))
    with pytest.raises(BaseModelError, match=r"qwen-7b holds no \*\.safetensors weights; other formats are not read"):
        train_steps(data, [fake_step("action")], config)
    assert not (tmp_path / "run").exists()


def test_of_a_hub_model_no_weights_are_fetched(big_base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    asked = []

    def download(name: str, *, local_files_only: bool = False, allow_patterns: Any = None) -> str:
        if local_files_only:
            raise LocalEntryNotFoundError("not there")
        asked.append((name, allow_patterns))
        return str(big_base)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    config = FineTuneConfig(model_name="owner/model", gpu_memory="80GB")
    arguments = some_data(action=long_texts()), [fake_step("action")], config
    with pytest.raises(
        BaseModelError, match="'owner/model' are not on this machine and cannot be fetched: the hub's client is"
    ):
        plan_training(*arguments)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert plan_training(*arguments).base == "owner/model"
    assert asked == [("owner/model", ["*.json", "*.jinja", "*.model", "*.txt"])]
