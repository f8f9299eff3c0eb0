"""The LoRA settings of one step's adapter."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LoraSettings"]


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """Low-rank adaptation of the base model's linear layers (Hu et al. 2021, arXiv:2106.09685).

    Attributes:
        r: rank of the update matrices.
        alpha: numerator of the scale ``alpha / r`` of the update.
        dropout: dropout on the adapter's input; 0 keeps Unsloth's fused kernels.
        target_modules: names of the linear layers that get an adapter; None means all of them.
    """

    r: int = 16
    alpha: int = 32
    dropout: float = 0.0
    target_modules: tuple[str, ...] | None = None
