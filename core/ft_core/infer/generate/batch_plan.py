"""Which prompts are answered together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ft_core.engine.unsloth_stack import import_torch

__all__ = ["BatchLimit", "choose_batch_limit", "plan_batches"]

_ROWS = {"cpu": 32, "cuda": 256}
_CPU_TOKENS = 49_152
_SHARE = 0.4  # of the free memory, for keys and values; activations need the rest


@dataclass(frozen=True, slots=True)
class BatchLimit:
    """The most that is computed at once.

    Attributes:
        rows: prompts.
        tokens: of prompts and answers, padding included; a single prompt may have more.
    """

    rows: int
    tokens: int


def choose_batch_limit(model: Any, batch_size: int | None) -> BatchLimit:
    """Return what fits into a GPU's free memory, or what is as fast as any on a CPU.

    Args:
        model: loaded, with its adapters.
        batch_size: the most rows; None chooses 32 on a CPU and 256 on a GPU.
    """
    kind = model.device.type
    rows = batch_size or _ROWS.get(kind, _ROWS["cpu"])
    if kind != "cuda":
        return BatchLimit(rows, _CPU_TOKENS)
    free, _ = import_torch().cuda.mem_get_info(model.device)
    return BatchLimit(rows, max(1, int(_SHARE * free / _count_bytes(model))))


def plan_batches(lengths: Sequence[int], limit: BatchLimit) -> list[list[int]]:
    """Divide rows by their lengths, the longest first; the rows of a batch are of similar length.

    >>> plan_batches([5, 9, 3, 8], BatchLimit(rows=3, tokens=18))
    [[1, 3], [0, 2]]
    """
    batches: list[list[int]] = []
    room = 0
    for row in sorted(range(len(lengths)), key=lambda each: (-lengths[each], each)):
        if not room:
            batches.append([])
            room = max(1, min(limit.rows, limit.tokens // lengths[row] if lengths[row] else limit.rows))
        batches[-1].append(row)
        room -= 1
    return batches


def _count_bytes(model: Any) -> int:
    """Return the bytes that keys and values of one token take in all layers."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * size * max(2, model.dtype.itemsize))
