from __future__ import annotations

import pytest

from ft_core.config import FineTuneConfig
from ft_core.engine.adapter import attached_adapter
from ft_core.engine.loading import LoadedBase
from ft_core.engine.loop.validation import mean_pack_loss
from ft_core.engine.loop.world import World
from ft_core.engine.pack.forward import InterfaceForward, NativeForward, PackForward
from ft_core.engine.pack.layout import common_prefix
from ft_core.engine.pack.plan import Packing, PackingPlan
from ft_core.engine.rows import Row, make_rows
from ft_core.lora import LoraSettings
from tests.engine.fake_step import some_texts
from tests.engine.losses import mean_loss_by_hand


@pytest.mark.parametrize(
    ("kind", "forward"), [("shared", InterfaceForward()), ("plain", InterfaceForward()), ("none", NativeForward())]
)
def test_the_loss_is_the_mean_over_learnt_tokens_however_rows_are_packed(
    loaded: LoadedBase, kind: Packing, forward: PackForward
) -> None:
    rows = make_rows(loaded.chat, "fox", some_texts(6), FineTuneConfig(), loaded.context).rows
    packing = PackingPlan(
        kind, common_prefix(rows) if kind == "shared" else 0, budget=3 * max(len(row.input_ids) for row in rows)
    )
    with attached_adapter(loaded.model, LoraSettings(r=4, dropout=0.5), seed=1, checkpointing=False) as model:
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.data.normal_(std=0.1)
        model.train()
        with forward.enabled(model):
            measured = mean_pack_loss(model, rows, packing, forward=forward, world=World())
        assert model.training
        model.eval()
        assert measured == pytest.approx(mean_loss_by_hand(model, rows), rel=1e-5)


def test_rows_that_share_nothing_are_measured_as_well(loaded: LoadedBase) -> None:
    rows = [Row((5, 6, 7), 1, "t", "e"), Row((8, 9, 10, 11), 2, "t", "e")]
    with attached_adapter(loaded.model, LoraSettings(r=4), seed=1, checkpointing=False) as model:
        with InterfaceForward().enabled(model):
            measured = mean_pack_loss(model, rows, PackingPlan("shared", 0, 64), forward=InterfaceForward(), world=World())
        model.eval()
        assert measured == pytest.approx(mean_loss_by_hand(model, rows), rel=1e-5)
