"""Checks of the embedded base model: its package, and its converted form in the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ft_core.engine.doctor.finding import Finding
from ft_core.engine.doctor.installed import has_training_stack
from ft_core.engine.embedded_model import EMBEDDED_NAME, embedded_folder, find_embedded_weights
from ft_core.errors import BaseModelError

__all__ = ["check_embedded_model"]

_MB = 10**6


def check_embedded_model(
    find: Callable[[], Path] = find_embedded_weights, is_wanted: Callable[[], bool] = has_training_stack
) -> Iterator[Finding]:
    """Look for the weights' file and for the converted folder; nothing is converted.

    Args:
        find: returns the weights' file, or raises :class:`BaseModelError`.
        is_wanted: whether anything here could use the model.
    """
    try:
        weights = find()
    except BaseModelError as error:
        if is_wanted():
            yield Finding("weights", "note", f"{EMBEDDED_NAME} is not installed; auto means it on a CPU", _cut_command(error))
        else:
            yield Finding("weights", "ok", f"{EMBEDDED_NAME} is not installed; only training and asking a model need it")
        return
    converted = embedded_folder()
    yield Finding("weights", "ok", f"{EMBEDDED_NAME}, {weights.stat().st_size / _MB:.0f} MB, installed")
    if converted.is_dir():
        yield Finding("converted", "ok", f"in {converted}")
    else:
        yield Finding("converted", "note", f"not yet; its first use makes {converted} once (about 20 s, 600 MB)")


def _cut_command(error: BaseModelError) -> str:
    return str(error).rpartition("Install it: ")[2]
