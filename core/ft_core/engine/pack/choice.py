"""Which way packs are computed."""

from __future__ import annotations

from ft_core.engine.loading import LoadedBase
from ft_core.engine.pack.forward import InterfaceForward, PackForward
from ft_core.engine.pack.plan import Packing

__all__ = ["choose_forward"]


def choose_forward(loaded: LoadedBase, packing: Packing) -> PackForward:
    """Return the way to compute packs with a base model."""
    return InterfaceForward()
