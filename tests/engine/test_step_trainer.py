from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData
from ft_core.engine import step_session, step_trainer
from ft_core.engine.example_choice import choose_examples
from ft_core.engine.loop.optimization import Optimization
from ft_core.engine.step_trainer import StepTrainer
from ft_core.errors import NoExamplesError, RunMismatchError, TrainingError, UnknownStepError
from ft_core.example import Example
from ft_core.lora import LoraSettings
from ft_core.prompt import Prompt
from tests.engine.fake_step import fake_step, some_texts

MakeConfig = Callable[..., FineTuneConfig]


@pytest.fixture
def trainer(config: MakeConfig) -> Iterator[StepTrainer]:
    made = StepTrainer(fake_step("action"), config())
    yield made
    made.close()


def test_a_step_is_trained_and_saved_as_an_adapter_that_plain_peft_loads(trainer: StepTrainer, tiny_llama: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    record = trainer.train(StepData(some_texts()))
    folder = trainer.save()
    assert record.status == "done"
    assert (record.last_loss or 0) < (record.first_loss or 0)
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == str(tiny_llama)
    assert config["target_modules"] == ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_llama), folder)
    ids = torch.arange(5, 20)[None]
    with torch.no_grad(), model.disable_adapter():
        base = model(input_ids=ids).logits
    assert not torch.equal(model(input_ids=ids).logits, base)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.truncation_side == "left"
    assert tokenizer.chat_template == trainer.load_model().chat.tokenizer.chat_template


def test_the_folder_has_the_log_the_metrics_and_nothing_pickled(trainer: StepTrainer) -> None:
    record = trainer.train(StepData(some_texts()))
    folder = trainer.save()
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [set(json.loads(line)) for line in lines] == [{"step", "loss", "learning_rate", "tokens", "seconds"}] * 3
    assert json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["last_loss"] == record.last_loss
    assert {path.suffix for path in folder.iterdir()} <= {".json", ".jsonl", ".jinja", ".safetensors"}
    assert [path.name for path in folder.parent.iterdir()] == ["action"]
    assert (folder / "adapter_model.safetensors").stat().st_mode == (folder / "log.jsonl").stat().st_mode


def test_the_same_seed_gives_the_same_adapter(config: MakeConfig, tmp_path: Path) -> None:
    def adapter(folder: str, seed: int) -> bytes:
        made = StepTrainer(fake_step("action"), config(output_dir=str(tmp_path / folder), seed=seed))
        made.train(StepData(some_texts()))
        content = (made.save() / "adapter_model.safetensors").read_bytes()
        made.close()
        return content

    assert adapter("a", 1) == adapter("b", 1) != adapter("c", 2)


def test_the_step_chooses_its_lora_settings_by_its_examples(config: MakeConfig) -> None:
    step = fake_step("action", LoraSettings(r=2, alpha=4, target_modules=("q_proj",)))
    examples = [Example({}, {"doers": []}, "t", f"e{i}", Prompt("Label.", f"Fox {i}.")) for i in range(4)]
    trainer = StepTrainer(step, config())
    trainer.train(examples)
    weights = load_file(trainer.save() / "adapter_model.safetensors")
    trainer.close()
    assert step.seen == [4]  # type: ignore[attr-defined]
    assert {tuple(weight.shape) for name, weight in weights.items() if "lora_A" in name} == {(2, 64)}
    assert all("q_proj" in name for name in weights)


def test_a_base_without_a_template_gets_one_that_is_saved(config: MakeConfig, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    from tests.engine.bases import byte_level, save_base

    base = save_base(tmp_path / "base", tokenizer=byte_level(["<|endoftext|>"], None, eos="<|endoftext|>"))
    trainer = StepTrainer(fake_step("action"), config(model_name=str(base)))
    trainer.train(StepData(some_texts()))
    assert "<|im_start|>" in AutoTokenizer.from_pretrained(trainer.save()).chat_template
    trainer.close()


def test_a_number_of_examples_is_chosen_by_the_seed_and_keeps_its_order() -> None:
    texts = some_texts(20)
    config = FineTuneConfig(max_examples=5, seed=1)
    chosen, _ = choose_examples(StepData(texts), config)
    assert len(chosen) == 5
    assert chosen == sorted(chosen, key=texts.index) == choose_examples(StepData(texts), config)[0]
    assert chosen != choose_examples(StepData(texts), config.model_copy(update={"seed": 2}))[0]


def test_a_step_without_examples_is_an_error(trainer: StepTrainer) -> None:
    with pytest.raises(NoExamplesError, match=r"Step 'action' has no training examples"):
        trainer.train([])


def test_a_step_whose_rows_are_all_too_long_is_an_error(config: MakeConfig) -> None:
    trainer = StepTrainer(fake_step("action"), config(max_seq_length=16, too_long="skip"))
    with pytest.raises(NoExamplesError, match=r"all 6 examples are too long and were skipped"):
        trainer.train(StepData(some_texts()))


def test_saving_before_training_is_an_error(trainer: StepTrainer) -> None:
    with pytest.raises(TrainingError, match=r"Step 'action' has not been trained yet"):
        trainer.save()


def test_an_adapter_is_not_replaced_unless_that_is_wanted(trainer: StepTrainer, config: MakeConfig) -> None:
    trainer.train(StepData(some_texts()))
    trainer.save()
    with pytest.raises(RunMismatchError, match=r"action holds an adapter already"):
        trainer.train(StepData(some_texts()))
    again = StepTrainer(fake_step("action"), config(seed=9), loaded=trainer.load_model(), overwrite=True)
    trainer.close()
    again.train(StepData(some_texts()))
    again.save()
    again.close()


def test_what_breaks_in_the_training_stack_becomes_an_error_of_the_step(
    trainer: StepTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(Optimization, "run", fail)
    with pytest.raises(TrainingError, match=r"Step 'action': training stopped: RuntimeError: out of memory"):
        trainer.train(StepData(some_texts()))


def test_a_loss_that_is_not_a_number_is_an_error(trainer: StepTrainer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_session, "mean_pack_loss", lambda *_, **__: float("nan"))
    with pytest.raises(TrainingError, match=r"Step 'action': the loss after training is nan. Lower the learning rate"):
        trainer.train(StepData(some_texts()))


def test_a_full_disk_is_an_error_that_names_the_folder(trainer: StepTrainer, monkeypatch: pytest.MonkeyPatch) -> None:
    from ft_core.errors import OutputError

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    trainer.train(StepData(some_texts()))
    monkeypatch.setattr(step_trainer, "write_adapter", full)
    with pytest.raises(OutputError, match=r"action cannot be written: .*No space left on device"):
        trainer.save()
    assert [path.name for path in trainer.folder.parent.iterdir()] == ["action"]


def test_an_unknown_step_is_an_error() -> None:
    with pytest.raises(UnknownStepError, match=r"No step 'actoin' is installed"):
        StepTrainer("actoin")
