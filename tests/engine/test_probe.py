from __future__ import annotations

import pytest

from ft_core.config import FineTuneConfig
from ft_core.engine.adapter import attached_adapter
from ft_core.engine.loading import LoadedBase
from ft_core.engine.probe import PROBE_SIZE, choose_probe, mean_loss
from ft_core.engine.rows import Row, make_rows
from ft_core.lora import LoraSettings
from tests.engine.fake_step import some_texts
from tests.engine.losses import mean_loss_by_hand


def rows_of(loaded: LoadedBase, number: int) -> tuple[Row, ...]:
    return make_rows(loaded.chat, "fox", some_texts(number), FineTuneConfig(), loaded.context).rows


def test_the_probe_is_sixteen_rows_at_most_always_the_same(loaded: LoadedBase) -> None:
    rows = rows_of(loaded, 40)
    probe = choose_probe(rows, seed=1)
    assert len(probe) == PROBE_SIZE == 16
    assert probe == choose_probe(rows, seed=1) != choose_probe(rows, seed=2)
    assert [rows.index(row) for row in choose_probe(rows[:4], seed=1)] == [0, 1, 2, 3]


def test_the_loss_is_the_mean_over_learnt_tokens(loaded: LoadedBase) -> None:
    rows = rows_of(loaded, 6)
    with attached_adapter(loaded.model, LoraSettings(r=4, dropout=0.5), seed=1, checkpointing=False) as model:
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.data.normal_(std=0.1)
        model.train()
        measured = mean_loss(model, rows)
        assert model.training
        model.eval()
        assert measured == pytest.approx(mean_loss_by_hand(model, rows), rel=1e-5)


def test_rows_that_share_nothing_are_measured_as_well(loaded: LoadedBase) -> None:
    rows = [Row((5, 6, 7), 1, "t", "e"), Row((8, 9, 10, 11), 2, "t", "e")]
    with attached_adapter(loaded.model, LoraSettings(r=4), seed=1, checkpointing=False) as model:
        measured = mean_loss(model, rows)
        model.eval()
        assert measured == pytest.approx(mean_loss_by_hand(model, rows), rel=1e-5)
