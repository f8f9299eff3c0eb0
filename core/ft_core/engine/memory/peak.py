"""The peak of GPU memory: measured, and held against what was estimated."""

from __future__ import annotations

from ft_core.engine.device import Device
from ft_core.engine.memory.model import MemoryEstimate
from ft_core.engine.unsloth_stack import import_torch

__all__ = ["check_against_peak", "forget_peak", "read_peak"]

_GIB = 2**30

_NEAR = 0.15
"""An estimate this near to the peak, as a share of it, is a good one."""


def forget_peak(device: Device) -> None:
    """Begin to look for the peak of GPU memory anew."""
    if device == "cuda":
        import_torch().cuda.reset_peak_memory_stats()


def read_peak(device: Device) -> float | None:
    """Return the most GPU memory that was allocated since :func:`forget_peak`, in GiB; None on a CPU."""
    return round(import_torch().cuda.max_memory_allocated() / _GIB, 2) if device == "cuda" else None


def check_against_peak(estimate: MemoryEstimate, measured: float) -> str:
    """Say, for the log, by how much the peak of a first optimizer step differs from what was estimated.

    Args:
        estimate: of that step.
        measured: as :func:`read_peak` gives it, in GiB: what tensors took, without the context and without unused blocks.
    """
    planned = estimate.allocated / _GIB
    difference = planned / measured - 1
    text = f"The first optimizer step took {measured:.1f} GiB; {planned:.1f} GiB were estimated"
    if abs(difference) <= _NEAR:
        return f"{text} ({difference:+.0%})."
    side = "more" if difference > 0 else "less"
    return f"{text}, {abs(difference):.0%} {side} than it took. The plan of this run is not to be relied on."
