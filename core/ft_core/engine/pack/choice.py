"""Which way packs are computed: by the device, the base model and what the rows share."""

from __future__ import annotations

from ft_core.engine.loading import LoadedBase
from ft_core.engine.pack.condition import say_why_not
from ft_core.engine.pack.forward import InterfaceForward, NativeForward, PackForward
from ft_core.engine.pack.plan import Packing
from ft_core.engine.pack.unsloth_forward import UnslothForward
from ft_core.engine.precision import find_dtype
from ft_core.engine.unsloth_stack import import_torch

__all__ = ["choose_forward"]


def choose_forward(loaded: LoadedBase, packing: Packing) -> PackForward:
    """Return the way to compute packs with a base model.

    Args:
        loaded: the base model.
        packing: what the rows of a pack share.
    """
    if packing == "none" and say_why_not(loaded.model.config.to_dict(), loaded.backend, loaded.device):
        return NativeForward()
    library = import_torch()
    if (
        loaded.backend == "unsloth"
        and loaded.device == "cuda"
        and find_dtype(loaded.model) in {library.bfloat16, library.float16}
    ):
        return UnslothForward()
    return InterfaceForward()
