from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ft_core.config import FineTuneConfig
from ft_core.engine.loading import LoadedBase, load_base
from tests.engine.bases import save_base


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("bases") / "llama", "llama")


@pytest.fixture(scope="session")
def tiny_qwen2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("bases") / "qwen2", "qwen2")


@pytest.fixture(scope="session", params=["llama", "qwen2"])
def loaded(request: pytest.FixtureRequest) -> LoadedBase:
    """A tiny base of each kind, loaded with Unsloth on the CPU, in float32: a CPU that has bfloat16 would round too much."""
    folder = request.getfixturevalue(f"tiny_{request.param}")
    return load_base(FineTuneConfig(model_name=str(folder), device="cpu", bf16=False))


@pytest.fixture
def config(tiny_llama: Path, tmp_path: Path) -> Callable[..., FineTuneConfig]:
    """Settings for a short training of the tiny Llama into a folder of the test's own."""

    def make(**changes: object) -> FineTuneConfig:
        values = {
            "model_name": str(tiny_llama),
            "device": "cpu",
            "output_dir": str(tmp_path / "run"),
            "batch_size": 2,
            "gradient_accumulation_steps": 1,
            "learning_rate": 1e-2,
            "max_steps": 3,
            "lora_r": 4,
        }
        return FineTuneConfig.model_validate(values | changes)

    return make


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what a test's training put into the environment, above all that the hub's client is offline."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("UNSLOTH_FORCE_CPU", "1")
    monkeypatch.delenv("FT_CORE_WENT_OFFLINE", raising=False)
