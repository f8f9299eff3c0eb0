"""The arithmetic in which a model is computed."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch

__all__ = ["find_dtype", "mixed_precision"]


def find_dtype(model: Any) -> torch.dtype:
    """Return the dtype that a model computes in, whatever its weights are kept in."""
    dtype: torch.dtype = getattr(model.config, "dtype", None) or model.dtype
    return dtype


def mixed_precision(model: Any) -> AbstractContextManager[Any]:
    """Compute in 16 bits inside the block, on a GPU whose base is in 16 bits: the adapter's weights have 32.

    On a CPU nothing is changed: there PyTorch casts where it must.
    """
    library, dtype = import_torch(), find_dtype(model)
    if model.device.type != "cuda" or dtype not in {library.bfloat16, library.float16}:
        return nullcontext()
    casting: AbstractContextManager[Any] = library.autocast("cuda", dtype=dtype)
    return casting
