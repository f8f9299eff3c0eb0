from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData, TrainingData
from ft_core.engine import run_in_progress
from ft_core.engine.chat import Chat
from ft_core.engine.loading import LoadedBase
from ft_core.engine.loop.optimization import Optimization
from ft_core.engine.training import train_steps
from ft_core.errors import BaseModelError, HookFailedError, RunMismatchError, TrainingError
from tests.engine.fake_step import fake_step, some_data, some_texts

MakeConfig = Callable[..., FineTuneConfig]


def read_run(config: FineTuneConfig) -> dict[str, object]:
    return dict(json.loads((Path(config.output_dir) / "run.json").read_text(encoding="utf-8")))


def test_every_step_gets_an_adapter_and_the_base_is_loaded_once(config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[FineTuneConfig] = []
    load = run_in_progress.load_base
    monkeypatch.setattr(run_in_progress, "load_base", lambda config, chat: loads.append(config) or load(config, chat))
    settings = config()
    run = train_steps(some_data(action=some_texts(), stac=some_texts(5)), [fake_step("action"), fake_step("stac")], settings)
    assert len(loads) == 1
    assert run.exit_code == 0
    assert [record.examples for record in run.steps.values()] == [6, 5]
    written = read_run(settings)
    assert written["base"] == {"name": settings.model_name, "revision": None}
    assert written["data"] == {"source": "tales", "data_hash": "d" * 64, "split_hash": "s" * 64, "tales": {"train": 1}}
    assert written["distributions"] == {"action": "ft-fake 1.0", "stac": "ft-fake 1.0"}
    assert written["seed"] == settings.seed
    assert set(written["versions"]) >= {"python", "torch", "transformers", "trl", "peft", "unsloth"}  # type: ignore[call-overload]
    assert {step["status"] for step in written["steps"].values()} == {"done"}  # type: ignore[attr-defined]
    assert all((run.folder / name / "adapter_model.safetensors").is_file() for name in ("action", "stac"))


def test_a_step_that_fails_is_recorded_and_the_others_go_on(config: MakeConfig, caplog: pytest.LogCaptureFixture) -> None:
    broken = fake_step("action", HookFailedError("Step 'action': hook 'configure_lora' raised"))
    run = train_steps(some_data(action=some_texts(), stac=some_texts()), [broken, fake_step("stac")], config())
    assert (run.steps["action"].status, run.steps["stac"].status) == ("failed", "done")
    assert run.steps["action"].reason == "Step 'action': hook 'configure_lora' raised"
    assert run.exit_code == 1
    assert "hook 'configure_lora' raised" in caplog.text


@pytest.mark.parametrize(("named", "code"), [(True, 1), (False, 0)])
def test_a_step_without_examples_is_skipped_with_its_reasons(
    config: MakeConfig, named: bool, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    data = TrainingData({"instrument": StepData((), skipped={"no instrument is annotated": 12})}, "tales")
    settings = config()
    run = train_steps(data, [fake_step("instrument")], settings, named=named)
    message = "Step 'instrument' has no training examples: no instrument is annotated (12)."
    assert run.steps["instrument"].reason == message
    assert run.exit_code == code
    assert message in caplog.text
    assert read_run(settings)["steps"]["instrument"]["status"] == "skipped"  # type: ignore[index]


def test_a_step_is_added_to_the_same_run_and_is_not_trained_twice(config: MakeConfig) -> None:
    data = some_data(action=some_texts(), stac=some_texts())
    settings = config()
    train_steps(data, [fake_step("action")], settings)
    adapter = Path(settings.output_dir) / "action" / "adapter_model.safetensors"
    before = adapter.read_bytes()
    train_steps(data, [fake_step("stac")], settings)
    assert adapter.read_bytes() == before
    assert set(read_run(settings)["steps"]) == {"action", "stac"}  # type: ignore[call-overload]
    with pytest.raises(RunMismatchError, match=r"already holds action"):
        train_steps(data, [fake_step("action")], settings)
    train_steps(data, [fake_step("action")], settings, overwrite=True)
    assert adapter.read_bytes() == before


def test_overwriting_another_run_removes_its_adapters(config: MakeConfig) -> None:
    data = some_data(action=some_texts(), stac=some_texts())
    train_steps(data, [fake_step("action")], config())
    with pytest.raises(RunMismatchError, match=r"seed: 3407 → 5"):
        train_steps(data, [fake_step("stac")], config(seed=5))
    run = train_steps(data, [fake_step("stac")], config(seed=5), overwrite=True)
    assert not (run.folder / "action").exists()
    assert set(read_run(config())["steps"]) == {"stac"}  # type: ignore[call-overload]


def test_a_base_that_cannot_be_loaded_costs_nothing(config: MakeConfig, tiny_llama: Path, tmp_path: Path) -> None:
    data = some_data(action=some_texts())
    settings = config()
    train_steps(data, [fake_step("action")], settings)
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in tiny_llama.iterdir():
        (broken / path.name).write_bytes(path.read_bytes() if path.suffix != ".safetensors" else b"not weights")
    with pytest.raises(BaseModelError, match=r"The base model .*broken cannot be loaded: \w+: "):
        train_steps(data, [fake_step("action")], config(model_name=str(broken)), overwrite=True)
    assert (Path(settings.output_dir) / "action" / "adapter_model.safetensors").is_file()


def test_an_overwriting_that_fails_keeps_the_adapter_and_its_record(config: MakeConfig) -> None:
    data = some_data(action=some_texts(), stac=some_texts())
    train_steps(data, [fake_step("action"), fake_step("stac")], config())
    before = read_run(config())
    run = train_steps(data, [fake_step("action")], config(max_seq_length=16), overwrite=True)
    assert run.exit_code == 1
    assert read_run(config())["steps"] == before["steps"]
    for step in ("action", "stac"):
        assert (run.folder / step / "adapter_model.safetensors").is_file()
        assert (run.folder / step / "adapter_config.json").is_file()


def test_another_run_goes_only_when_there_is_an_adapter_in_its_place(config: MakeConfig) -> None:
    data = some_data(action=some_texts(), stac=some_texts(), instrument=())
    train_steps(data, [fake_step("action")], config())
    before = read_run(config())
    other = config(seed=5, max_seq_length=16)
    train_steps(data, [fake_step("instrument"), fake_step("stac")], other, overwrite=True, named=False)
    assert read_run(config()) == before
    assert (Path(other.output_dir) / "action" / "adapter_model.safetensors").is_file()


def test_an_interrupted_overwriting_keeps_what_was_there(config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    data = some_data(action=some_texts(), stac=some_texts())
    train_steps(data, [fake_step("action"), fake_step("stac")], config())
    before = read_run(config())

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Optimization, "run", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train_steps(data, [fake_step("action")], config(), overwrite=True)
    assert read_run(config())["steps"] == before["steps"]
    assert (Path(config().output_dir) / "action" / "adapter_config.json").is_file()


def test_a_failure_while_the_adapter_is_made_is_that_steps_alone(config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    import unsloth

    make, calls = unsloth.FastLanguageModel.get_peft_model, []

    def fail_once(*arguments: object, **settings: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("out of memory")
        return make(*arguments, **settings)

    monkeypatch.setattr(unsloth.FastLanguageModel, "get_peft_model", fail_once)
    data = some_data(action=some_texts(), stac=some_texts())
    run = train_steps(data, [fake_step("action"), fake_step("stac")], config())
    assert {name: record.status for name, record in run.steps.items()} == {"action": "failed", "stac": "done"}
    assert run.steps["action"].reason == "Step 'action': training stopped: RuntimeError: out of memory"


def test_four_bit_on_a_cpu_is_refused_before_anything_is_loaded(config: MakeConfig) -> None:
    with pytest.raises(TrainingError, match=r"load_in_4bit needs a CUDA GPU"):
        train_steps(some_data(action=some_texts()), [fake_step("action")], config(load_in_4bit=True))


def test_the_progress_has_loss_and_speed(config: MakeConfig, capsys: pytest.CaptureFixture[str]) -> None:
    train_steps(some_data(action=some_texts()), [fake_step("action")], config())
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "action: step 3/3, loss " in captured.err


def test_another_revision_of_the_base_is_refused(config: MakeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    load = run_in_progress.load_base

    def load_revision(revision: str) -> Callable[[FineTuneConfig, Chat | None], LoadedBase]:
        def load_it(settings: FineTuneConfig, chat: Chat | None) -> LoadedBase:
            loaded = load(settings, chat)
            return replace(loaded, base=replace(loaded.base, revision=revision))

        return load_it

    data = some_data(action=some_texts(), stac=some_texts())
    monkeypatch.setattr(run_in_progress, "load_base", load_revision("abc"))
    train_steps(data, [fake_step("action")], config())
    monkeypatch.setattr(run_in_progress, "load_base", load_revision("def"))
    with pytest.raises(RunMismatchError, match=r"was trained on revision abc of .*; this machine has def"):
        train_steps(data, [fake_step("stac")], config())
