from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ft_core.config import FineTuneConfig
from ft_core.corpus.training_data import StepData
from ft_core.engine.base_model import BaseModel
from ft_core.engine.chat import Chat
from ft_core.engine.step_trainer import StepTrainer
from ft_core.engine.tokenizer_files import load_tokenizer
from ft_core.step import Step, load_steps
from tests.distributions import MORAL_HOOKS, imports_forgotten, write_step
from tests.engine.bases import save_base
from tests.engine.fake_step import some_texts

PlantStep = Callable[..., Step]


@pytest.fixture
def plant_step(site: Path, monkeypatch: pytest.MonkeyPatch) -> PlantStep:
    """Install the step ``moral``, or another version of it, with some texts of its module replaced: old, new, old, new."""
    # A module that is written twice in a second with the same size would be taken from its bytecode.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def plant(*texts: str, **changes: str) -> Step:
        hooks = MORAL_HOOKS
        for old, new in zip(texts[::2], texts[1::2], strict=True):
            assert old in hooks
            hooks = hooks.replace(old, new)
        for info in site.glob("*.dist-info"):
            for file in info.iterdir():
                file.unlink()
            info.rmdir()
        sys.modules.pop("acme_moral", None)
        write_step(site, "moral", hooks=hooks, **changes)  # type: ignore[arg-type]
        return load_steps([str(site)]).get("moral")

    return plant


@pytest.fixture(scope="session")
def whole_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny base that no test may change."""
    return save_base(tmp_path_factory.mktemp("contract") / "base")


@pytest.fixture
def chat(whole_base: Path) -> Chat:
    return Chat(load_tokenizer(whole_base))


@pytest.fixture
def base(whole_base: Path) -> BaseModel:
    return BaseModel(str(whole_base), whole_base)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, whole_base: Path) -> Path:
    """A run with the adapter of the step ``moral``, as it comes out of training."""
    folder = tmp_path_factory.mktemp("trained")
    write_step(folder / "site", "moral")
    with pytest.MonkeyPatch.context() as patch, imports_forgotten():
        patch.syspath_prepend(str(folder / "site"))
        step = load_steps([str(folder / "site")]).get("moral")
        config = FineTuneConfig(
            model_name=str(whole_base), device="cpu", output_dir=str(folder / "run"), max_steps=3, learning_rate=1e-2, batch_size=2,
            gradient_accumulation_steps=1, lora_r=4,
        )  # fmt: skip
        trainer = StepTrainer(step, config)
        trainer.train(StepData(some_texts()))
        trainer.save()
        trainer.close()
    return folder / "run"


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "run"))


def change_json(path: Path, **changes: object) -> None:
    """Set some keys of a JSON file."""
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | changes), encoding="utf-8")
