from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
import torch

from ft_core.config import FineTuneConfig
from ft_core.engine.loading import LoadedBase, load_base
from ft_core.engine.pack import attention
from ft_core.engine.pack.forward import InterfaceForward
from ft_core.engine.pack.layout import Pack, common_prefix
from ft_core.engine.pack.plan import PackingPlan
from ft_core.engine.pack.self_check import check_packs
from tests.engine.loop.training import attach, some_rows
from tests.engine.pack.double import ROWS, SLIDING, make_model


class ShiftedForward(InterfaceForward):
    """Gets the positions of all suffixes wrong."""

    def sum_loss(self, model: Any, pack: Pack) -> torch.Tensor:
        positions = pack.position_ids.clone()
        positions[0, pack.prefix :] += pack.prefix > 0
        return super().sum_loss(model, replace(pack, position_ids=positions))


def check(loaded: LoadedBase, forward: InterfaceForward, number: int = 5) -> str:
    rows = some_rows(loaded, number)
    with attach(loaded) as model, forward.enabled(model):
        answer = check_packs(model, forward, rows, PackingPlan("shared", common_prefix(rows), 4096))
        assert all(parameter.grad is None for parameter in model.parameters())
        return answer


def test_a_pack_that_gives_what_its_rows_give_passes(loaded: LoadedBase) -> None:
    assert check(loaded, InterfaceForward()) == ""


class BlindForward(InterfaceForward):
    """Computes packs as if no layer had a window."""

    def sum_loss(self, model: Any, pack: Pack) -> torch.Tensor:
        with patch.object(attention, "_attend_parts", see_all):
            return super().sum_loss(model, pack)


attend_in_windows = attention._attend_parts


def see_all(*arguments: Any, window: int | None) -> Iterator[torch.Tensor]:
    del window
    return attend_in_windows(*arguments)


@pytest.mark.parametrize("kind", SLIDING)
def test_a_pack_whose_windows_are_not_kept_is_noticed(kind: str) -> None:
    model = make_model(kind).float()
    for forward, passes in ((InterfaceForward(), True), (BlindForward(), False)):
        with forward.enabled(model):
            assert (check_packs(model, forward, ROWS[:3], PackingPlan("shared", 8, 4096)) == "") is passes


def test_it_passes_in_bfloat16_too(loaded: LoadedBase) -> None:
    half = load_base(FineTuneConfig(model_name=str(loaded.base.folder), device="cpu"))
    half.model.to(torch.bfloat16)
    half.model.config.dtype = torch.bfloat16
    assert check(half, InterfaceForward()) == ""


def test_a_pack_that_gives_something_else_is_told(loaded: LoadedBase) -> None:
    assert check(loaded, ShiftedForward()).startswith("a pack differs from its rows alone: the loss by ")


def test_one_row_is_nothing_to_compare(loaded: LoadedBase) -> None:
    assert check(loaded, ShiftedForward(), number=1) == ""


@pytest.mark.parametrize("kind", ["shared"])
def test_a_training_falls_back_to_plain_packing_and_says_so(
    loaded: LoadedBase, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from ft_core.corpus.training_data import StepData
    from ft_core.engine import step_session
    from ft_core.engine.step_trainer import StepTrainer
    from tests.engine.fake_step import fake_step, some_texts

    monkeypatch.setattr(step_session, "choose_forward", lambda loaded, packing: ShiftedForward())
    config = FineTuneConfig(output_dir=str(tmp_path), max_steps=1, lora_r=4, packing=kind)  # type: ignore[arg-type]
    trainer = StepTrainer(fake_step("action"), config, loaded=loaded)
    record = trainer.train(StepData(some_texts()))
    trainer.close()
    assert record.packing == "plain"
    assert str(record.packing_reason).startswith("the self-check failed: a pack differs from its rows alone")
    assert "rows do not share the prompt's static part: a pack differs from its rows alone" in caplog.text
