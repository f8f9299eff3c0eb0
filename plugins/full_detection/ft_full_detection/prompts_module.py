"""The module with the pipeline's prompts: imported where it is there, and checked."""

from __future__ import annotations

import logging
import os
from functools import cache
from importlib import import_module
from multiprocessing import parent_process
from types import ModuleType

from ft_core import SetupError
from ft_full_detection.signature import list_faults

__all__ = ["DEFAULT_MODULE", "MODULE_VARIABLE", "load_prompts", "tell_of_no_module"]

logger = logging.getLogger(__name__)

DEFAULT_MODULE = "llm_model.full_detection.prompts"
MODULE_VARIABLE = "FT_PROMPTS_MODULE"


def load_prompts() -> ModuleType | None:
    """Return the module that ``FT_PROMPTS_MODULE`` names, or the one of the default name; None where that is not there.

    Raises:
        SetupError: the module that was named is not there, fails, or lacks what is needed; all of it is listed.
    """
    named = os.environ.get(MODULE_VARIABLE)
    return _load(named or DEFAULT_MODULE, is_named=bool(named))


@cache
def tell_of_no_module() -> None:
    """Say, once and where the log shows how things go, that there is no module with prompts."""
    if parent_process() is None:
        logger.info(  # most who install everything have no such module
            "ft-full-detection does nothing: there is no module %s, so the steps ask with their own prompts. Put the folder "
            "above it on PYTHONPATH, or name another module: %s.",
            DEFAULT_MODULE,
            MODULE_VARIABLE,
        )


@cache
def _load(name: str, *, is_named: bool) -> ModuleType | None:
    try:
        module = import_module(name)
    except Exception as error:
        if _is_absent(name, error) and not is_named:
            return None
        raise SetupError(
            f"the module {name} with your pipeline's prompts cannot be imported: {type(error).__name__}: {error}. Put the "
            f"folder above it on PYTHONPATH, mend it, or name another module: {MODULE_VARIABLE}."
        ) from error
    faults = list_faults(module)
    if faults:
        raise SetupError(
            f"the module {name} with your pipeline's prompts cannot be used: {'; '.join(faults)}. Mend it, or name another "
            f"module: {MODULE_VARIABLE}."
        )
    return module


def _is_absent(name: str, error: Exception) -> bool:
    """Say whether it is the module itself, or a package that it is in, that is not there, and not something it imports."""
    return isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}.")
