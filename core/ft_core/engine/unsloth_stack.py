"""Importing the training stack: Unsloth first, quietly, and with an install line where it is missing."""

from __future__ import annotations

import os
import warnings
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from ft_core.engine.environment import prepare_environment
from ft_core.engine.quiet import output_to_log
from ft_core.errors import EngineMissingError, TrainingError

if TYPE_CHECKING:
    from ft_core.engine.device import Device

__all__ = ["INSTALL_LINES", "import_torch", "import_unsloth"]

INSTALL_LINES = 'pip install "ft-core[train]"\npip install --no-deps unsloth==2026.10.9 unsloth_zoo==2026.10.9'
"""How to install what training needs."""


def import_torch() -> ModuleType:
    """Import PyTorch.

    Raises:
        EngineMissingError: it is not installed.
    """
    _prepare_once()
    return _import("torch")


@cache
def _prepare_once() -> None:
    """Prepare the environment; PyTorch is asked for in every layer."""
    prepare_environment()


def import_unsloth(device: Device) -> ModuleType:
    """Import Unsloth for a device; it patches transformers, TRL and PEFT, and must come before them.

    Raises:
        EngineMissingError: Unsloth, or something that it needs, is not installed.
        TrainingError: this process has already imported it for the other device.
    """
    import_torch()
    if device == "cpu":
        os.environ["UNSLOTH_FORCE_CPU"] = "1"
    with output_to_log(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*Unsloth should be imported before.*")
        unsloth = _import("unsloth")
    found = "cpu" if unsloth.DEVICE_TYPE == "cpu" else "cuda"
    if found != device:
        raise TrainingError(
            f"This process has imported Unsloth for {found}, and it cannot change to {device}. Train in a new process."
        )
    return unsloth


def _import(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise EngineMissingError(
            f"{name} cannot be imported: {error}. Install what training needs:\n{INSTALL_LINES}"
        ) from error
