from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch

from ft_core.config import FineTuneConfig
from ft_core.engine.adapter import attached_adapter
from ft_core.engine.loading import LoadedBase
from ft_core.engine.progress import LogEntry
from ft_core.engine.rows import IGNORED, Row, make_rows
from ft_core.engine.schedule import Schedule
from ft_core.engine.supervised import pad_rows, train_rows
from ft_core.lora import LoraSettings
from tests.engine.fake_step import some_texts
from tests.engine.losses import summed_loss

SETTINGS = LoraSettings(r=4)
CONFIG = FineTuneConfig(learning_rate=1e-2, weight_decay=0.1)


def all_rows(loaded: LoadedBase, number: int = 6) -> tuple[Row, ...]:
    return make_rows(loaded.chat, "fox", some_texts(number), CONFIG, loaded.context).rows


def run(loaded: LoadedBase, rows: tuple[Row, ...], schedule: Schedule) -> tuple[list[LogEntry], dict[str, torch.Tensor]]:
    entries: list[LogEntry] = []
    with attached_adapter(loaded.model, SETTINGS, seed=1, checkpointing=False) as model:
        train_rows(model, loaded.chat, rows, schedule=schedule, config=CONFIG, device="cpu", on_step=entries.append)
        return entries, {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}


@pytest.mark.parametrize("packed", [False, True], ids=["padded", "packed"])
@pytest.mark.parametrize("schedule", [Schedule(1, 6, 1, 0), Schedule(2, 3, 1, 0), Schedule(6, 1, 1, 0)], ids=str)
def test_an_optimizer_step_is_the_mean_over_all_its_learnt_tokens(loaded: LoadedBase, schedule: Schedule, packed: bool) -> None:
    rows = all_rows(loaded)
    assert len({row.trained for row in rows}) > 1, "with equal answers a mean of means would pass too"
    (entry,), trained = run(loaded, rows, replace(schedule, packed=packed))
    with attached_adapter(loaded.model, SETTINGS, seed=1, checkpointing=False) as model:
        model.train()
        learnt = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(learnt, lr=CONFIG.learning_rate, weight_decay=CONFIG.weight_decay)
        loss = sum(summed_loss(model, row) for row in rows) / sum(row.trained for row in rows)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        assert entry.loss == pytest.approx(loss.item(), rel=1e-4)
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                clear = find_clear(parameter)
                assert clear.float().mean() > 0.9
                torch.testing.assert_close(trained[name][clear], parameter[clear], rtol=1e-3, atol=1e-5)


def find_clear(parameter: torch.nn.Parameter) -> torch.Tensor:
    """Adam's first step goes by the sign of a gradient, which rounding decides where the gradient is as good as zero."""
    assert parameter.grad is not None
    size = parameter.grad.abs()
    return size >= 1e-4 * size.max()


def test_every_step_is_told_with_its_tokens(loaded: LoadedBase) -> None:
    rows = all_rows(loaded)
    entries, _ = run(loaded, rows, Schedule(1, 2, 3, 0))
    assert [entry.step for entry in entries] == [1, 2, 3]
    assert entries[-1].tokens == sum(len(row.input_ids) for row in rows)
    assert entries[0].learning_rate == pytest.approx(CONFIG.learning_rate)
    assert entries[-1].learning_rate < entries[0].learning_rate


def test_the_same_seed_gives_the_same_bytes(loaded: LoadedBase) -> None:
    rows = all_rows(loaded)
    random.seed(1)
    _, first = run(loaded, rows, Schedule(1, 2, 3, 0))
    random.seed(2)
    _, second = run(loaded, rows, Schedule(1, 2, 3, 0))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_padding_is_on_the_right_and_is_not_learnt() -> None:
    batch = pad_rows([{"input_ids": [5, 6, 7], "labels": [IGNORED, 6, 7]}, {"input_ids": [8], "labels": [8]}], pad=0)
    assert batch["input_ids"].tolist() == [[5, 6, 7], [8, 0, 0]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch["labels"].tolist() == [[IGNORED, 6, 7], [8, IGNORED, IGNORED]]
