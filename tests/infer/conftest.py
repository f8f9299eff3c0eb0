from __future__ import annotations

from pathlib import Path

import pytest

from ft_core.config import FineTuneConfig
from ft_core.engine.training import train_steps
from tests.engine.bases import save_base
from tests.engine.fake_step import some_data
from tests.infer.models import LEARNT, make_text
from tests.plugins.asking import get_step


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two adapters of a tiny base, each trained until it knows its one answer by heart."""
    folder = tmp_path_factory.mktemp("run")
    config = FineTuneConfig(
        model_name=str(save_base(folder / "base", context=1024)),
        device="cpu",
        output_dir=str(folder / "out"),
        batch_size=4,
        gradient_accumulation_steps=1,
        learning_rate=1e-2,
        max_steps=60,
        num_epochs=100,
        bf16=False,
    )
    data = some_data(**{step: (make_text(answer),) for step, answer in LEARNT.items()})
    train_steps(data, [get_step(step) for step in LEARNT], config)
    return folder / "out"
