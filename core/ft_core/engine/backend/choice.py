"""The backends by name."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import Literal

from ft_core.engine.backend.backend import Backend, BackendName
from ft_core.engine.backend.hf_backend import HfBackend
from ft_core.engine.backend.unsloth_backend import UnslothBackend

__all__ = ["choose_backend", "get_backend"]

logger = logging.getLogger(__name__)


def get_backend(name: BackendName) -> Backend:
    """Return a backend.

    >>> get_backend("hf").name
    'hf'
    """
    return UnslothBackend() if name == "unsloth" else HfBackend()


def choose_backend(wanted: BackendName | Literal["auto"]) -> Backend:
    """Return the backend that the settings ask for; ``auto`` is Unsloth where it is installed, and the log says where not.

    The base model's architecture plays no part: Unsloth loads through transformers what it has no code of its own for.
    """
    if wanted != "auto":
        return get_backend(wanted)
    if find_spec("unsloth") is not None:
        return get_backend("unsloth")
    logger.info("Unsloth is not installed; the backend is hf: plain transformers and PEFT.")
    return get_backend("hf")
