"""The names that a module with the pipeline's prompts must have, and how its functions are called."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

__all__ = ["BUILDERS", "SYSTEM_PROMPTS", "list_faults"]

SYSTEM_PROMPTS = (
    "SYSTEM_PROMPT_CHARACTER_RECOGNITION",
    "SYSTEM_PROMPT_INSTRUMENT",
    "SYSTEM_PROMPT_RELATIONSHIP",
    "SYSTEM_PROMPT_ACTION",
    "SYSTEM_PROMPT_STAC",
    "SYSTEM_PROMPT_EVENT_TYPE",
)

BUILDERS: Mapping[str, str] = MappingProxyType(
    {
        "build_character_recognition_prompt": "(text_span, summary, existing_characters, story_context=None)",
        "build_instrument_prompt": "(text_span, summary, doers)",
        "build_relationship_prompt": "(text_span, summary, doers, receivers, story_context=None)",
        "build_action_category_prompt": "(text_span, summary, doers, receivers, instrument='')",
        "build_stac_prompt": "(text_span, summary, story_context=None)",
        "build_event_type_prompt": "(text_span, summary, stac)",
    }
)
"""The parameters of each function, as :mod:`inspect` spells them without annotations."""


def list_faults(module: ModuleType) -> list[str]:
    """Return everything that is missing in a module or has changed; an empty list where it can be used."""
    return [*_find_missing_texts(module), *_find_changed_builders(module)]


def _find_missing_texts(module: ModuleType) -> Iterator[str]:
    for name in SYSTEM_PROMPTS:
        if not hasattr(module, name):
            yield f"{name} is missing"
        elif not isinstance(getattr(module, name), str):
            yield f"{name} is a {type(getattr(module, name)).__name__}, not a text"


def _find_changed_builders(module: ModuleType) -> Iterator[str]:
    for name, parameters in BUILDERS.items():
        if not hasattr(module, name):
            yield f"{name}{parameters} is missing"
            continue
        found = _spell_parameters(getattr(module, name))
        if found != parameters:
            yield f"{name}{found} should be {name}{parameters}"


def _spell_parameters(function: object) -> str:
    if not callable(function):
        return f", a {type(function).__name__},"
    signature = inspect.signature(function)
    bare = [each.replace(annotation=each.empty) for each in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))
