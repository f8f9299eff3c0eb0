"""Whether activations fit into a GPU's memory, or must be computed again in the backward pass."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ft_core.engine.device import Device
from ft_core.engine.memory.activation import activation_bytes, workspace_bytes
from ft_core.engine.memory.computation import Computation, PackSize, Width
from ft_core.engine.memory.shape import read_shape
from ft_core.engine.precision import find_dtype
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["choose_checkpointing"]

logger = logging.getLogger(__name__)

_USABLE = 0.9  # of the free memory; the rest is for the adapter, the optimizer and what is lost between blocks
_RANK = 16


def choose_checkpointing(step: str, model: PreTrainedModel, tokens: int, device: Device) -> bool:
    """Say whether activations are computed again in the backward pass: not where memory allows, for it costs a forward pass.

    Args:
        step: the step's name, for the log.
        model: the loaded base.
        tokens: the most tokens in one forward pass, padding included.
        device: on a CPU checkpointing stays off.
    """
    if device == "cpu":
        return False
    torch = import_torch()
    shape, pack = read_shape(model.config.to_dict()), PackSize(tokens, tokens, tokens)
    width: Width = 4 if find_dtype(model) == torch.float32 else 2
    way = Computation("cuda", width, is_fast=width == 2, loss="fused")  # noqa: PLR2004  # 16 bits
    needed = activation_bytes(shape, pack, way, _RANK) + workspace_bytes(shape, pack, way, _RANK)
    free, _ = torch.cuda.mem_get_info()
    fits = needed < _USABLE * free
    logger.info(
        "Step %s: activations and workspace of %d tokens need about %.1f GB of %.1f GB free; gradient checkpointing is %s.",
        step,
        tokens,
        needed / 1e9,
        free / 1e9,
        "off" if fits else "on",
    )
    return not fits
