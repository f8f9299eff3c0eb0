"""What the training stack is told through the environment before it is imported: to be quiet, and to stay off the network."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["allow_network", "cache_dir", "go_offline", "prepare_environment"]

_OFFLINE = "HF_HUB_OFFLINE"
_OUR_DOING = "FT_CORE_WENT_OFFLINE"  # told from the user's own wish, for a base that must be fetched later on

_WAITING = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "2000"}
"""How threads wait for each other; OpenMP reads it when PyTorch is imported.

Spinning makes training on a CPU up to ten times slower as soon as another program wants a core, and sleeping at once makes
answering slower where none does. So threads spin for a moment, which spans the gaps between the small products of a token,
and then sleep (``bench/waiting.py``).
"""

_SETTINGS = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "UNSLOTH_AUTO_INSTALL": "0",
    "UNSLOTH_DISABLE_STATISTICS": "1",
    "UNSLOTH_LLAMA_CPP_OFFLINE": "1",
}


def cache_dir() -> Path:
    """Return the absolute folder for what is made once for a user: ``FT_CORE_CACHE``, or ``ft-core`` in the user's cache."""
    named = os.environ.get("FT_CORE_CACHE")
    if named:
        return Path(named).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser().absolute() / "ft-core"


def prepare_environment() -> None:
    """Set what PyTorch, Unsloth, TRL and the hub's client read when they are imported; what the user has set stays.

    Who has set one of the two variables for the waiting of threads has decided about it.

    Unsloth writes compiled code to ``./unsloth_compiled_cache`` and puts that folder first on ``sys.path``, unless it is
    given another one.
    """
    waiting = {} if _WAITING.keys() & os.environ.keys() else _WAITING
    for name, value in (_SETTINGS | waiting).items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("UNSLOTH_COMPILE_LOCATION", str(cache_dir() / "unsloth"))
    _tell_loaded_hub("HF_HUB_DISABLE_TELEMETRY", value=True)


def go_offline() -> None:
    """Keep the hub's client off the network: everything that is needed lies on this machine."""
    if not _is_offline():
        os.environ |= {_OFFLINE: "1", _OUR_DOING: "1"}
        _tell_loaded_hub(_OFFLINE, value=True)


def allow_network() -> bool:
    """Undo :func:`go_offline`, and return whether the network may be used: not where the user has set ``HF_HUB_OFFLINE``."""
    if os.environ.pop(_OUR_DOING, None):
        del os.environ[_OFFLINE]
        _tell_loaded_hub(_OFFLINE, value=False)
    return not _is_offline()


def _is_offline() -> bool:
    return os.environ.get(_OFFLINE, "").upper() in {"1", "ON", "YES", "TRUE"}


def _tell_loaded_hub(constant: str, *, value: bool) -> None:
    # The client reads the environment once, at its import; it may have been imported before.
    constants = sys.modules.get("huggingface_hub.constants")
    if constants is not None:
        setattr(constants, constant, value)
