from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from ft_core.config import FineTuneConfig
from ft_core.engine.training import train_steps
from ft_core.errors import BaseModelError
from ft_core.infer.generation import generate_answer, load_adapter, load_adapters
from tests.engine.bases import save_base
from tests.engine.fake_step import fake_step, some_data, some_texts


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two adapters of a tiny base, each trained until it knows its one answer by heart."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("run")
    config = FineTuneConfig(
        model_name=str(save_base(folder / "base")),
        device="cpu",
        output_dir=str(folder / "out"),
        batch_size=4,
        gradient_accumulation_steps=1,
        learning_rate=1e-2,
        max_steps=40,
        num_epochs=100,
    )
    data = some_data(fox=some_texts(1), crow=some_texts(1, "crow"))
    train_steps(data, [fake_step("fox"), fake_step("crow")], config)
    return folder / "out"


def test_an_adapter_answers_what_it_has_learnt_and_stops(run: Path) -> None:
    answering = load_adapter(run / "fox", "cpu")
    (text,) = some_texts(1)
    assert generate_answer(answering, "fox", text.prompt) == text.completion


def test_several_adapters_share_one_base_and_the_base_answers_for_itself(run: Path) -> None:
    answering = load_adapters([run / "fox", run / "crow"], "cpu")
    (crow,) = some_texts(1, "crow")
    assert generate_answer(answering, "crow", crow.prompt) == crow.completion
    alone = generate_answer(answering, "crow", crow.prompt, max_new_tokens=20, use_adapter=False)
    assert alone != crow.completion
    assert generate_answer(answering, "fox", crow.prompt, max_new_tokens=20, use_adapter=False) == alone


def test_an_answer_is_cut_at_the_most_tokens(run: Path) -> None:
    answering = load_adapter(run / "fox", "cpu")
    (text,) = some_texts(1)
    short = generate_answer(answering, "fox", text.prompt, max_new_tokens=3)
    assert text.completion.startswith(short)
    assert short != text.completion


def test_adapters_of_different_bases_are_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "acme/tiny"}), encoding="utf-8")
    with pytest.raises(BaseModelError, match=r"different base models: .*acme/tiny. Load them apart"):
        load_adapters([run / "fox", tmp_path], "cpu")


def test_a_folder_without_an_adapter_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match=r"holds no adapter: adapter_config.json cannot be read .* Train it first"):
        load_adapter(tmp_path, "cpu")
