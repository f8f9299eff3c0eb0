"""How a base model is loaded and computed, as far as memory depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ft_core.engine.device import Device

__all__ = ["Computation", "PackSize", "Width"]

Width: TypeAlias = Literal[2, 4]
"""Bytes of a number."""

Loss: TypeAlias = Literal["fused", "whole"]
"""``fused``: Unsloth's, a few learnt tokens at a time; ``whole``: the logits of all learnt tokens of a pack at once."""


@dataclass(frozen=True, slots=True)
class Computation:
    """A way to load and compute a base model.

    Attributes:
        device: where.
        width: bytes of a number: 2 for bfloat16 and float16, 4 for float32.
        is_fast: whether the layers run through Unsloth's own kernels, else through transformers and PEFT.
        in_4bit: whether the base's linear layers are kept in 4 bits.
        checkpointing: whether activations are computed again in the backward pass.
        loss: how logits are made.
    """

    device: Device
    width: Width
    is_fast: bool = False
    in_4bit: bool = False
    checkpointing: bool = False
    loss: Loss = "whole"


@dataclass(frozen=True, slots=True)
class PackSize:
    """What of a pack memory depends on; of several packs, the largest of each.

    Attributes:
        tokens: all that are computed.
        trained: those that are learnt.
        attended: keys that the attention calls keep where each suffix has its own: those of the pack, and with a shared prefix
            also the prefix and its own once more for each suffix.
        mask: numbers in the masks of these calls; 0 without a shared prefix or a window.
    """

    tokens: int
    trained: int
    attended: int
    mask: int = 0

    def join(self, other: PackSize) -> PackSize:
        """Return the larger of each number."""
        return PackSize(
            max(self.tokens, other.tokens),
            max(self.trained, other.trained),
            max(self.attended, other.attended),
            max(self.mask, other.mask),
        )
