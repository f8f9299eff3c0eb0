"""The backends by name."""

from __future__ import annotations

from ft_core.engine.backend.backend import Backend, BackendName
from ft_core.engine.backend.hf_backend import HfBackend
from ft_core.engine.backend.unsloth_backend import UnslothBackend

__all__ = ["get_backend"]


def get_backend(name: BackendName) -> Backend:
    """Return a backend.

    >>> get_backend("hf").name
    'hf'
    """
    return UnslothBackend() if name == "unsloth" else HfBackend()
