"""The names that scripts use, from tales to an adapter."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_action import extract_action_examples
from ft_core import (
    FineTuneConfig,
    StepTrainer,
    load_all_annotated_stories,
    prepare_all_training_data,
    train_all_steps,
)
from ft_core.errors import TaleError
from tests.engine.bases import save_base
from tests.tales import make_tale, write_tale


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base") / "qwen2", "qwen2", context=8192)


@pytest.fixture
def tales(tmp_path: Path) -> Path:
    for name in ("ant", "bee", "cat", "dog"):
        write_tale(tmp_path / "tales", make_tale(name))
    return tmp_path / "tales"


@pytest.fixture
def config(base: Path, tmp_path: Path) -> FineTuneConfig:
    out = str(tmp_path / "run")
    return FineTuneConfig(model_name=str(base), device="cpu", output_dir=out, max_steps=1, batch_size=2, max_examples=2)


def test_tales_become_examples_and_examples_an_adapter(tales: Path, config: FineTuneConfig) -> None:
    stories = load_all_annotated_stories(tales)
    examples = [example for story in stories for example in extract_action_examples(story)]
    assert examples == prepare_all_training_data(tales, ["action"])["action"]
    assert list(examples[0].as_row()) == ["instruction", "input", "output"]
    trainer = StepTrainer("action", config)
    trainer.load_model()
    record = trainer.train(examples)
    folder = trainer.save()
    trainer.close()
    assert record.status == "done"
    assert (folder / "adapter_model.safetensors").is_file()


def test_all_steps_are_trained_in_one_call(tales: Path, config: FineTuneConfig) -> None:
    run = train_all_steps(tales, ["character", "action"], config)
    assert {name: record.status for name, record in run.steps.items()} == {"character": "done", "action": "done"}
    assert (run.folder / "_data" / "manifest.json").is_file()
    assert run.exit_code == 0


def test_a_tale_that_cannot_be_read_stops_the_call_before_anything_is_trained(tales: Path, config: FineTuneConfig) -> None:
    (tales / "bad.json").write_text("[]", encoding="utf-8")
    with pytest.raises(TaleError, match=r"bad\.json: \$: "):
        train_all_steps(tales, ["action"], config)
    assert not Path(config.output_dir).exists()
    assert train_all_steps(tales, ["action"], config, keep_going=True).exit_code == 0
