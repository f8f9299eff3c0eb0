"""Whether activations fit into a GPU's memory, or must be computed again in the backward pass."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ft_core.engine.device import Device
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["activation_bytes", "choose_checkpointing", "forget_peak", "read_peak"]

logger = logging.getLogger(__name__)

_USABLE = 0.7  # of the free memory; the rest is for logits, adapters, the optimizer and fragmentation


def choose_checkpointing(step: str, model: PreTrainedModel, tokens: int, device: Device) -> bool:
    """Say whether to compute activations again in the backward pass: only where memory asks for it; it costs a forward pass.

    Args:
        step: the step's name, for the log.
        model: the loaded base.
        tokens: the most tokens in one forward pass, padding included.
        device: on a CPU checkpointing stays off.
    """
    if device == "cpu":
        return False
    free, _ = import_torch().cuda.mem_get_info()
    needed = activation_bytes(model.config.to_dict(), tokens)
    fits = needed < _USABLE * free
    logger.info(
        "Step %s: activations of %d tokens need about %.1f GB of %.1f GB free; gradient checkpointing is %s.",
        step,
        tokens,
        needed / 1e9,
        free / 1e9,
        "off" if fits else "on",
    )
    return not fits


def forget_peak(device: Device) -> None:
    """Begin to look for the peak of GPU memory anew."""
    if device == "cuda":
        import_torch().cuda.reset_peak_memory_stats()


def read_peak(device: Device) -> float | None:
    """Return the most GPU memory that was allocated since :func:`forget_peak`, in GiB; None on a CPU."""
    return round(import_torch().cuda.max_memory_allocated() / 2**30, 2) if device == "cuda" else None


def activation_bytes(config: Mapping[str, Any], tokens: int) -> float:
    """Estimate what a forward pass keeps for the backward pass, in bytes of 16-bit activations.

    Per token and layer about 8 vectors of the hidden size and 2 of the intermediate size; a Qwen2 of 7.6 billion parameters was
    measured at 3.8 MB a token, which this gives within a tenth.
    """
    hidden = config.get("hidden_size") or 4096
    wide = config.get("intermediate_size") or 4 * hidden
    return 2.0 * tokens * (config.get("num_hidden_layers") or 32) * (8 * hidden + 2 * wide)
