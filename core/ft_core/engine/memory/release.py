"""Giving back memory that nothing uses any more."""

from __future__ import annotations

import gc

from ft_core.engine.device import Device
from ft_core.engine.unsloth_stack import import_torch

__all__ = ["release_memory"]


def release_memory(device: Device) -> None:
    """Free what only forgotten objects hold, and give a GPU's unused blocks back, so that its free memory can be read."""
    gc.collect()
    if device == "cuda":
        import_torch().cuda.empty_cache()
