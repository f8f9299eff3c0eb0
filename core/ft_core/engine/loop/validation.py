"""The loss on rows that are not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ft_core.engine.loop.world import World
from ft_core.engine.pack.forward import PackForward
from ft_core.engine.pack.layout import make_pack
from ft_core.engine.pack.plan import PackingPlan
from ft_core.engine.precision import mixed_precision
from ft_core.engine.rows import Row
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    from peft import PeftModel

__all__ = ["mean_pack_loss"]


def mean_pack_loss(model: PeftModel, rows: Sequence[Row], packing: PackingPlan, *, forward: PackForward, world: World) -> float:
    """Return the mean over all learnt tokens of the rows of ``-log p`` (natural logarithm), without dropout.

    Args:
        model: inside ``forward.enabled``.
        rows: the rows; the same in every process.
        packing: how they go into packs.
        forward: how packs are computed.
        world: the processes that share the work.
    """
    torch = import_torch()
    was_training, device = model.training, model.device
    model.eval()
    packs = packing.group(range(len(rows)), [len(row.input_ids) for row in rows])
    total = torch.zeros((), device=device)
    with torch.no_grad(), mixed_precision(model):
        for places in world.share(packs):
            total += forward.sum_loss(model, make_pack(rows, places, packing.prefix).to(device)).float()
    model.train(was_training)
    return float(world.sum_number(total)) / sum(row.trained for row in rows)
