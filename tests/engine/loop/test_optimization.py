from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from ft_core.engine.loading import LoadedBase
from ft_core.engine.loop.checkpoint import CheckpointStore
from ft_core.engine.loop.interruption import Interruption, heeding_signals
from ft_core.engine.pack.forward import InterfaceForward
from ft_core.engine.pack.layout import Pack
from ft_core.engine.pack.plan import Packing
from ft_core.errors import TrainingError, TrainingStoppedError
from tests.engine.loop.training import SETTINGS, Diary, attach, make_config, some_rows, train
from tests.engine.losses import mean_loss_by_hand, summed_loss


def train_by_hand(loaded: LoadedBase, folder: Path) -> tuple[float, dict[str, torch.Tensor]]:
    """One step of AdamW on the mean over all learnt tokens of all rows, each row on its own."""
    config, rows = make_config(), some_rows(loaded)
    with attach(loaded) as model:
        model.train()
        learnt = {name: p for name, p in model.named_parameters() if p.requires_grad}
        optimizer = torch.optim.AdamW(learnt.values(), lr=config.learning_rate, weight_decay=config.weight_decay)
        loss = sum(summed_loss(model, row) for row in rows) / sum(row.trained for row in rows)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt.values(), 1.0)
        optimizer.step()
        return loss.item(), {name: p.detach().clone() for name, p in learnt.items()}


@pytest.mark.parametrize(("packing", "budget"), [("shared", 4096), ("shared", 150), ("plain", 200), ("none", 4096)])
def test_an_optimizer_step_is_the_mean_over_all_its_learnt_tokens(
    loaded: LoadedBase, packing: Packing, budget: int, tmp_path: Path
) -> None:
    rows = some_rows(loaded)
    assert len({row.trained for row in rows}) > 1, "with equal answers a mean of means would pass too"
    loss, expected = train_by_hand(loaded, tmp_path)
    result = train(loaded, rows, tmp_path, packing=packing, budget=budget)
    (entry,) = result.diary.entries
    assert entry.loss == pytest.approx(loss, rel=1e-4)
    differing = sum(
        int((~torch.isclose(result.weights[name], each, rtol=1e-3, atol=1e-5)).sum()) for name, each in expected.items()
    )
    # Adam's first step goes by the sign of a gradient, which rounding decides where the gradient is as good as zero.
    assert differing <= 0.002 * sum(each.numel() for each in expected.values())


def test_training_agrees_with_the_trainer_of_trl(loaded: LoadedBase, tmp_path: Path) -> None:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    config, rows = make_config(batch_size=6, gradient_accumulation_steps=1, num_epochs=4), some_rows(loaded)
    ours = [entry.loss for entry in train(loaded, rows, tmp_path / "ours", config).diary.entries]
    arguments = SFTConfig(
        output_dir=str(tmp_path), per_device_train_batch_size=6, max_steps=4, learning_rate=config.learning_rate,
        weight_decay=config.weight_decay, lr_scheduler_type="linear", optim="adamw_torch", use_cpu=True, bf16=False, max_length=None,
        dataset_kwargs={"skip_prepare_dataset": True}, remove_unused_columns=False, gradient_checkpointing=False,
        logging_steps=1, save_strategy="no", report_to="none", disable_tqdm=True,
    )  # fmt: skip

    def collate(batch: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        longest = max(len(row["input_ids"]) for row in batch)

        def pad(key: str, filler: int) -> torch.Tensor:
            return torch.tensor([row[key] + [filler] * (longest - len(row[key])) for row in batch])

        mask = torch.tensor([[1] * len(row["input_ids"]) + [0] * (longest - len(row["input_ids"])) for row in batch])
        return {"input_ids": pad("input_ids", 0), "attention_mask": mask, "labels": pad("labels", -100)}

    data = Dataset.from_dict({"input_ids": [list(row.input_ids) for row in rows], "labels": [row.labels for row in rows]})
    with attach(loaded) as model:
        trainer = SFTTrainer(
            model=model, args=arguments, train_dataset=data, processing_class=loaded.chat.tokenizer, data_collator=collate
        )
        trainer.train()
        theirs = [each["loss"] for each in trainer.state.log_history if "loss" in each]
    assert ours == pytest.approx(theirs, rel=2e-3)
    assert ours[-1] < ours[0] - 0.1


class ForgetfulForward(InterfaceForward):
    """Runs out of memory with more than so many tokens, in the middle of the work, and counts what it computed."""

    def __init__(self, tokens: int, from_call: int = 0) -> None:
        self.tokens, self.from_call = tokens, from_call
        self.packs: list[Pack] = []

    def sum_loss(self, model: Any, pack: Pack) -> torch.Tensor:
        self.packs.append(pack)
        if pack.tokens > self.tokens and len(self.packs) > self.from_call:
            raise torch.OutOfMemoryError("no more memory")
        return super().sum_loss(model, pack)


def test_where_memory_runs_out_packs_are_halved_and_every_example_is_seen_once(loaded: LoadedBase, tmp_path: Path) -> None:
    rows, config = some_rows(loaded, 12), make_config(batch_size=6, gradient_accumulation_steps=1)
    forward = ForgetfulForward(tokens=200, from_call=1)
    expected = train(loaded, rows, tmp_path / "a", config)
    result = train(loaded, rows, tmp_path / "b", config, forward=forward)
    assert [event["what"] for event in result.state.events] == ["out of memory; packs are smaller now"] * len(
        result.state.events
    )
    assert result.state.events[0]["step"] == 1
    assert result.state.budget <= 250
    done = [pack for pack in forward.packs if pack.tokens <= 200 or forward.packs.index(pack) == 0]
    assert Counter(place for pack in done for place in pack.rows) == Counter(range(12))
    assert [entry.loss for entry in result.diary.entries] == pytest.approx(
        [entry.loss for entry in expected.diary.entries], rel=1e-4
    )


def test_a_single_row_that_does_not_fit_is_an_error(loaded: LoadedBase, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"out of memory with a single row of \d+ tokens. Train with load_in_4bit"):
        train(loaded, some_rows(loaded), tmp_path, forward=ForgetfulForward(tokens=10))


def test_the_best_weights_are_kept_and_training_ends_when_it_gets_no_better(loaded: LoadedBase, tmp_path: Path) -> None:
    rows, val_rows = some_rows(loaded, 6), some_rows(loaded, 4, "owl")
    config = make_config(num_epochs=60, learning_rate=5e-2, eval_steps=1, early_stopping_patience=2)
    result = train(loaded, rows, tmp_path, config, val_rows=val_rows)
    losses = dict(result.diary.evaluations)
    best = result.state.best
    assert best is not None
    assert result.state.stopped.startswith("the validation loss was not better by 0.001 in 2 evaluations")
    assert (best.val_loss, losses[best.step]) == (min(losses.values()),) * 2
    assert best.step < result.state.step < 60
    with attach(loaded) as model, torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.copy_(result.weights[name])
        assert mean_loss_by_hand(model.eval(), val_rows) == pytest.approx(best.val_loss, rel=1e-4)


def test_the_last_weights_are_kept_on_demand_however_the_validation_loss_rises(loaded: LoadedBase, tmp_path: Path) -> None:
    rows, val_rows = some_rows(loaded, 6), some_rows(loaded, 4, "owl")
    config = make_config(num_epochs=12, learning_rate=5e-2, eval_steps=1, early_stopping_patience=1, keep_weights="last")
    result = train(loaded, rows, tmp_path, config, val_rows=val_rows)
    losses = dict(result.diary.evaluations)
    kept = result.state.best
    assert kept is not None
    assert (result.state.step, result.state.stopped) == (12, "")
    assert (kept.step, kept.val_loss) == (12, losses[12])
    assert any(losses[step + 1] > losses[step] for step in range(1, 12))  # where it would stop otherwise
    with attach(loaded) as model, torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                parameter.copy_(result.weights[name])
        assert mean_loss_by_hand(model.eval(), val_rows) == pytest.approx(losses[12], rel=1e-4)


def test_a_loss_that_is_no_number_stops_with_the_tales_of_the_batch(loaded: LoadedBase, tmp_path: Path) -> None:
    class BrokenForward(InterfaceForward):
        def sum_loss(self, model: Any, pack: Pack) -> torch.Tensor:
            return super().sum_loss(model, pack) * float("nan")

    with pytest.raises(TrainingError, match=r"the loss of optimizer step 1 is nan; its examples are of: .*tale_\d"):
        train(loaded, some_rows(loaded), tmp_path, forward=BrokenForward())


def test_a_signal_ends_the_step_writes_a_checkpoint_and_stops(loaded: LoadedBase, tmp_path: Path) -> None:
    config = make_config(num_epochs=5, save_steps=100)
    with heeding_signals() as interruption:
        diary = Diary(after_step=lambda entry: signal.raise_signal(signal.SIGTERM) if entry.step == 2 else None)
        with pytest.raises(
            TrainingStoppedError, match=r"stopped by SIGTERM after optimizer step 2 of 5; a checkpoint was written"
        ):
            train(loaded, some_rows(loaded), tmp_path, config, diary=diary, interruption=interruption)
    checkpoint = CheckpointStore(tmp_path).load_last()
    assert checkpoint is not None
    whole = train(loaded, some_rows(loaded), tmp_path / "whole", config)
    rest = train(loaded, some_rows(loaded), tmp_path, config, resume=checkpoint)
    assert [entry.step for entry in rest.diary.entries] == [3, 4, 5]
    assert all(torch.equal(rest.weights[name], whole.weights[name]) for name in whole.weights)


def test_signals_are_the_systems_again_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with heeding_signals() as interruption:
        signal.raise_signal(signal.SIGINT)
        assert interruption.name == "SIGINT"
        assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL, "a second one ends the process"
    assert signal.getsignal(signal.SIGINT) == before


def test_every_step_is_told_with_its_tokens(loaded: LoadedBase, tmp_path: Path) -> None:
    rows = some_rows(loaded)
    entries = train(loaded, rows, tmp_path, make_config(num_epochs=3), packing="none").diary.entries
    assert [entry.step for entry in entries] == [1, 2, 3]
    assert entries[-1].tokens == 3 * sum(len(row.input_ids) for row in rows)
    assert entries[0].learning_rate == pytest.approx(1e-2)
    assert entries[-1].learning_rate < entries[0].learning_rate


def test_the_same_seed_gives_the_same_bytes_and_dropout_is_drawn_anew(loaded: LoadedBase, tmp_path: Path) -> None:
    rows, config = some_rows(loaded), make_config(num_epochs=3)
    first, second = (train(loaded, rows, tmp_path / name, config) for name in "ab")
    assert all(torch.equal(first.weights[name], second.weights[name]) for name in first.weights)
    assert SETTINGS.dropout == 0


def test_after_the_last_step_no_checkpoint_is_written(loaded: LoadedBase, tmp_path: Path) -> None:
    train(loaded, some_rows(loaded), tmp_path, make_config(num_epochs=2, save_steps=1))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("step")] == ["step-00000001"]


def test_a_checkpoint_of_another_adapter_is_refused(loaded: LoadedBase, tmp_path: Path) -> None:
    train(loaded, some_rows(loaded), tmp_path, make_config(num_epochs=2, save_steps=1))
    checkpoint = CheckpointStore(tmp_path).load_last()
    assert checkpoint is not None
    del checkpoint.tensors["adapter"][next(iter(checkpoint.tensors["adapter"]))]  # type: ignore[attr-defined]
    with pytest.raises(TrainingError, match="the checkpoint is of an adapter with other layers"):
        train(loaded, some_rows(loaded), tmp_path, resume=checkpoint, interruption=Interruption())
