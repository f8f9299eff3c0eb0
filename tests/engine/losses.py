from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from ft_core.engine.rows import Row


def summed_loss(model: Any, row: Row) -> torch.Tensor:
    """The sum of ``-log p`` over a row's learnt tokens, from the logits of the whole row."""
    ids = torch.tensor([row.input_ids])
    logits = model(input_ids=ids, use_cache=False).logits[0, :-1].float()
    return cross_entropy(logits, torch.tensor(row.labels[1:]), reduction="sum", ignore_index=-100)


def mean_loss_by_hand(model: Any, rows: Sequence[Row]) -> float:
    with torch.no_grad():
        return float(sum(summed_loss(model, row) for row in rows)) / sum(row.trained for row in rows)
