"""The libraries that measure, loaded when something is measured."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ft_core.errors import MetricLibraryError

__all__ = ["import_library"]


def import_library(module: str) -> Any:
    """Import a module that metrics need.

    Raises:
        MetricLibraryError: it cannot be imported.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MetricLibraryError(
            f'Scoring needs {module.partition(".")[0]}, which cannot be imported: {error}. pip install "ft-core[evaluate]"'
        ) from error
