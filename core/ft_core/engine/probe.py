"""The loss on a few training rows, always the same ones, before and after training."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ft_core.engine.pack.layout import common_prefix
from ft_core.engine.rows import Row
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch
    from peft import PeftModel

__all__ = ["PROBE_SIZE", "choose_probe", "mean_loss"]

PROBE_SIZE = 16
"""How many rows are probed at most."""


def choose_probe(rows: Sequence[Row], seed: int) -> list[Row]:
    """Return up to :data:`PROBE_SIZE` rows, chosen by the seed, in their order."""
    chosen = random.Random(seed).sample(range(len(rows)), min(PROBE_SIZE, len(rows)))  # noqa: S311  # no secret
    return [rows[place] for place in sorted(chosen)]


def mean_loss(model: PeftModel, rows: Sequence[Row]) -> float:
    """Return the mean over all learnt tokens of the rows of ``-log p`` (natural logarithm), without dropout.

    Rows go one at a time, so that nothing is padded, and only the learnt tokens are projected onto the vocabulary. On a CPU
    the part of the prompt that all rows share is computed once.
    """
    torch = import_torch()
    on_cpu, was_training = model.device.type == "cpu", model.training
    model.eval()
    # no_grad and not inference_mode: what the model caches here is used in training afterwards.
    with torch.no_grad():
        shared = common_prefix(rows) if on_cpu else 0
        cache = _read_prefix(model, rows[0].input_ids[:shared]) if shared else None
        total = sum(_row_loss(model, row, shared, copy.deepcopy(cache)) for row in rows)
    model.train(was_training)
    return total / sum(row.trained for row in rows)


def _read_prefix(model: PeftModel, ids: Sequence[int]) -> Any:
    return model(input_ids=_as_batch(model, ids), use_cache=True, logits_to_keep=1).past_key_values


def _row_loss(model: PeftModel, row: Row, shared: int, cache: Any) -> float:
    import_torch()
    from torch.nn.functional import cross_entropy

    ids = _as_batch(model, row.input_ids[shared:])
    logits = model(input_ids=ids, past_key_values=cache, use_cache=cache is not None, logits_to_keep=row.trained + 1).logits
    return float(cross_entropy(logits[0, :-1].float(), ids[0, -row.trained :], reduction="sum"))


def _as_batch(model: PeftModel, ids: Sequence[int]) -> torch.Tensor:
    return import_torch().tensor([list(ids)], device=model.device)
