"""A model of what training an adapter takes: base, adapter with its optimizer, activations, workspace, and the rest."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ft_core.engine.device import CONTEXT_BYTES
from ft_core.engine.memory.activation import activation_bytes, workspace_bytes
from ft_core.engine.memory.computation import Computation, PackSize
from ft_core.engine.memory.parameter import count_adapter, count_base
from ft_core.engine.memory.shape import LINEAR_LAYERS, ModelShape
from ft_core.lora import LoraSettings

__all__ = ["MemoryEstimate", "adapter_bytes", "base_bytes", "estimate_memory"]

_BLOCK, _BLOCKS_OF_CONSTANTS = 64, 256

_ADAPTER_NUMBER = 16
"""Bytes of an adapter's parameter in 32 bits: itself, its gradient, and the two moments of AdamW (arXiv:1711.05101)."""

_FRAGMENTATION = 0.05
"""Share of activations and workspace that the allocator keeps in blocks it cannot use."""


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """What a training takes at its peak, in bytes.

    Attributes:
        base: the base model's weights.
        adapter: the adapter, its gradients and the optimizer's moments.
        activations: what the forward pass keeps for the backward pass.
        workspace: what logits, or then a layer's backward pass, take for a moment.
        rest: the device's context, and memory that is lost between blocks.
    """

    base: int
    adapter: int
    activations: int
    workspace: int
    rest: int

    @property
    def allocated(self) -> int:
        """What tensors take: what PyTorch's peak of allocated memory is to be compared with."""
        return self.total - self.rest

    @property
    def allocated_gib(self) -> float:
        """:attr:`allocated` in GiB, to two places."""
        return round(self.allocated / 2**30, 2)

    @property
    def total(self) -> int:
        """What must be free."""
        return self.base + self.adapter + self.activations + self.workspace + self.rest

    def as_json(self) -> dict[str, int]:
        """Return the parts, their sum as ``total``, and that without the rest as ``allocated``."""
        return {**asdict(self), "allocated": self.allocated, "total": self.total}


def estimate_memory(shape: ModelShape, pack: PackSize, settings: LoraSettings, way: Computation) -> MemoryEstimate:
    """Estimate the peak of a training.

    Args:
        shape: the base model's.
        pack: the largest pack, or the largest of each of its numbers.
        settings: the adapter's.
        way: how the base is loaded and computed.

    Raises:
        TrainingError: the base's parameters cannot be counted.
    """
    activations = activation_bytes(shape, pack, way, settings.r)
    workspace = workspace_bytes(shape, pack, way, settings.r)
    return MemoryEstimate(
        base_bytes(shape, way),
        adapter_bytes(shape, settings),
        activations,
        workspace,
        CONTEXT_BYTES[way.device] + int(_FRAGMENTATION * (activations + workspace)),
    )


def adapter_bytes(shape: ModelShape, settings: LoraSettings) -> int:
    """Return the bytes of an adapter, its gradients and its moments."""
    return _ADAPTER_NUMBER * count_adapter(shape, settings)


def base_bytes(shape: ModelShape, way: Computation) -> int:
    """Return the bytes of a base model's weights.

    In 4 bits (NF4 with double quantisation, Dettmers et al. 2023, arXiv:2305.14314, section 3): half a byte a weight, a byte
    for each block of 64, and 4 bytes for each 256 of those; embedding, output layer and norms stay as they are. A matrix of
    the largest size is added, into which Unsloth unpacks the weights (``kernels/utils.py``, ``WEIGHT_BUFFERS``).

    Raises:
        TrainingError: the base's parameters cannot be counted.
    """
    parameters = count_base(shape)
    if not way.in_4bit:
        return parameters.total * way.width
    blocks = parameters.linear / _BLOCK
    packed = parameters.linear / 2 + blocks + 4 * blocks / _BLOCKS_OF_CONSTANTS
    largest = max(first * second for first, second in map(shape.size_of, LINEAR_LAYERS))
    return int(packed) + way.width * (parameters.embedding + parameters.rest + largest)
