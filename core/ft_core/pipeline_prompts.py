"""The users' own pipeline and its prompts: where they are looked for, and the extension that trains with them.

Only looked for here, never imported: ``ft-full-detection`` does that. Without it ft-core asks with its own prompts, and the
pipeline would then ask adapters in words that they were not trained with.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Container, Sequence
from importlib.machinery import PathFinder

__all__ = ["DEFAULT_MODULE", "EXTENSION", "MODULE_VARIABLE", "describe_unused_prompts", "name_module", "use_module"]

DEFAULT_MODULE = "llm_model.full_detection.prompts"
MODULE_VARIABLE = "FT_PROMPTS_MODULE"
EXTENSION = "full_detection"


def name_module() -> str:
    """Return the name of the module with the pipeline's prompts."""
    return os.environ.get(MODULE_VARIABLE) or DEFAULT_MODULE


def use_module(name: str | None) -> None:
    """Use the module that a configuration names, in this process and in those that it starts; None changes nothing."""
    if name is not None:
        os.environ[MODULE_VARIABLE] = name


def describe_unused_prompts(loaded: Container[str], left_out: Container[str] = ()) -> str | None:
    """Say that the pipeline's prompts are there but not used, or return None.

    Args:
        loaded: the names of the extensions that are loaded.
        left_out: the names of those that are installed but were not to be loaded.
    """
    module = name_module()
    if EXTENSION in loaded or EXTENSION in left_out or not _is_importable(module):
        return None
    return (
        f"{module} can be imported, but its prompts are not used: the adapters learn ft-core's own. To train with the prompts "
        f"of that pipeline: pip install ./plugins/full_detection"
    )


def _is_importable(name: str) -> bool:
    """Say whether a module is on the path, without importing it or the packages that it is in."""
    places: Sequence[str] | None = sys.path
    for part in name.split("."):
        # By its last name alone: a finder looks for a dotted name's package among the imported ones.
        spec = PathFinder.find_spec(part, places) if places is not None else None
        if spec is None:
            return False
        places = [*spec.submodule_search_locations] if spec.submodule_search_locations is not None else None
    return spec is not None and spec.origin is not None
