"""One training with TRL's supervised fine-tuning trainer."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from ft_core.config import FineTuneConfig
from ft_core.engine.device import Device
from ft_core.engine.progress import LogEntry
from ft_core.engine.quiet import output_to_log
from ft_core.engine.rows import IGNORED, Row
from ft_core.engine.schedule import Schedule
from ft_core.engine.shared_prefix import attending_to_prefix, pack_rows, summed_loss
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch
    from datasets import Dataset
    from peft import PeftModel
    from transformers import PreTrainedTokenizerFast, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from ft_core.engine.chat import Chat

__all__ = ["pad_rows", "train_rows"]


def train_rows(
    model: PeftModel,
    chat: Chat,
    rows: Sequence[Row],
    *,
    schedule: Schedule,
    config: FineTuneConfig,
    device: Device,
    on_step: Callable[[LogEntry], None],
) -> None:
    """Train the model's adapter on rows; the loss of an optimizer step is the mean over all its learnt tokens.

    Args:
        model: with the adapter attached.
        chat: for the tokenizer.
        rows: in their own order; the seed shuffles them.
        schedule: how they are grouped.
        config: for learning rate, weight decay and seed.
        device: where the model is.
        on_step: told of every optimizer step.
    """
    # Unsloth and TRL write nothing that is kept, but both want a folder.
    attention = attending_to_prefix(model) if schedule.packed else nullcontext()
    with tempfile.TemporaryDirectory(prefix="ft-core-") as scratch, output_to_log(), attention:
        trainer = _trainer_class(packed=schedule.packed)(
            model=model,
            args=_arguments(schedule, config, device, scratch),
            train_dataset=_as_dataset(rows),
            processing_class=chat.tokenizer,
            data_collator=_collate_pack if schedule.packed else _collator(chat.tokenizer),
            callbacks=[_step_listener(on_step)],
        )
        trainer.train()


def pad_rows(rows: Sequence[dict[str, list[int]]], pad: int) -> dict[str, torch.Tensor]:
    """Put rows of ids and labels into one batch of shape (rows, longest row), padded on the right.

    On the right, because Unsloth's own forward drops the attention mask in training; a causal model never looks there.
    """
    return {
        "input_ids": _stack([row["input_ids"] for row in rows], pad),
        "attention_mask": _stack([[1] * len(row["input_ids"]) for row in rows], 0),
        "labels": _stack([row["labels"] for row in rows], IGNORED),
    }


def _stack(columns: Sequence[list[int]], filler: int) -> torch.Tensor:
    longest = max(map(len, columns))
    return import_torch().tensor([column + [filler] * (longest - len(column)) for column in columns])


def _collator(tokenizer: PreTrainedTokenizerFast) -> Callable[[Sequence[dict[str, list[int]]]], dict[str, torch.Tensor]]:
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    return lambda rows: pad_rows(rows, pad)


def _collate_pack(rows: Sequence[dict[str, list[int]]]) -> dict[str, Any]:
    torch = import_torch()
    pack = pack_rows([row["input_ids"] for row in rows], [row["labels"].count(IGNORED) for row in rows])
    # What the trainer itself reads: the tokens, to count them, and the labels, whose number divides the loss. It takes
    # labels to stand one place to the right of where they are predicted, and does not count the first.
    labels = torch.nn.functional.pad(pack.targets, (1, 0), value=IGNORED)[None]
    return {"input_ids": pack.input_ids, "attention_mask": torch.ones_like(pack.input_ids), "labels": labels, "pack": pack}


def _trainer_class(*, packed: bool) -> type[SFTTrainer]:
    from trl import SFTTrainer

    if not packed:
        return SFTTrainer  # type: ignore[no-any-return]

    class PackTrainer(SFTTrainer):  # type: ignore[misc]
        """Computes the loss of packs."""

        def compute_loss(
            self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> torch.Tensor:
            return summed_loss(model, inputs["pack"]) / num_items_in_batch

    return PackTrainer


def _as_dataset(rows: Sequence[Row]) -> Dataset:
    from datasets import Dataset

    return Dataset.from_dict({"input_ids": [list(row.input_ids) for row in rows], "labels": [row.labels for row in rows]})


def _arguments(schedule: Schedule, config: FineTuneConfig, device: Device, scratch: str) -> SFTConfig:
    from trl import SFTConfig

    bf16 = config.bf16 and device == "cuda" and import_torch().cuda.is_bf16_supported(including_emulation=False)
    return SFTConfig(
        output_dir=scratch,
        per_device_train_batch_size=schedule.rows_per_pass,
        gradient_accumulation_steps=schedule.passes_per_step,
        max_steps=schedule.steps,
        warmup_steps=schedule.warmup_steps,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        lr_scheduler_type="linear",
        optim="adamw_torch",
        seed=config.seed,
        data_seed=config.seed,
        use_cpu=device == "cpu",
        bf16=bf16,
        fp16=config.bf16 and device == "cuda" and not bf16,
        max_length=None,
        packing=False,
        dataset_kwargs={"skip_prepare_dataset": True},
        remove_unused_columns=False,
        gradient_checkpointing=False,  # Unsloth has set it up with the adapter
        logging_steps=1,
        logging_first_step=False,
        include_num_input_tokens_seen="non_padding",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )


def _step_listener(on_step: Callable[[LogEntry], None]) -> TrainerCallback:
    from transformers import TrainerCallback

    class StepListener(TrainerCallback):  # type: ignore[misc]
        """Passes every optimizer step on."""

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            self.started = time.monotonic()

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
            if "loss" in logs:
                seconds = round(time.monotonic() - self.started, 3)
                tokens = int(state.num_input_tokens_seen)
                on_step(LogEntry(state.global_step, float(logs["loss"]), float(logs["learning_rate"]), tokens, seconds))

    return StepListener()
