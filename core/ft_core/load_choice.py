"""``FT_CORE_LOAD``: which of the installed steps and extensions are loaded."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from ft_core.discovery import ExtensionEntry, PluginEntry, StepEntry
from ft_core.errors import UnknownStepError
from ft_core.suggestion import did_you_mean

__all__ = ["LOAD_VARIABLE", "LoadChoice", "choose_loaded"]

LOAD_VARIABLE = "FT_CORE_LOAD"


@dataclass(frozen=True, slots=True)
class LoadChoice:
    """What is loaded, and what is installed but left out.

    Attributes:
        steps, extensions: what is loaded.
        left_out: the names of the others, sorted.
        variable: ``FT_CORE_LOAD=stac,action`` as it is set, ``""`` where it is not.
    """

    steps: Sequence[StepEntry]
    extensions: Sequence[ExtensionEntry] = ()
    left_out: tuple[str, ...] = ()
    variable: str = ""


def choose_loaded(steps: Sequence[StepEntry], extensions: Sequence[ExtensionEntry]) -> LoadChoice:
    """Choose by ``FT_CORE_LOAD``: names with commas between them; set and empty means none, not set means all.

    A distribution whose entry points cannot be read has no name that could be chosen: it stays, and is told of as broken.

    Raises:
        UnknownStepError: a name is that of no installed step or extension.
    """
    value = os.environ.get(LOAD_VARIABLE)
    if value is None:
        return LoadChoice(steps, extensions)
    wanted = {name.strip() for name in value.split(",")} - {""}
    installed = {entry.name for entry in (*steps, *extensions) if not entry.fault}
    _refuse_unknown(wanted - installed, installed)
    return LoadChoice(
        [entry for entry in steps if _is_wanted(entry, wanted)],
        [entry for entry in extensions if _is_wanted(entry, wanted)],
        tuple(sorted(installed - wanted)),
        f"{LOAD_VARIABLE}={value}",
    )


def _is_wanted(entry: PluginEntry, wanted: set[str]) -> bool:
    return entry.name in wanted or bool(entry.fault)


def _refuse_unknown(unknown: set[str], installed: set[str]) -> None:
    for name in sorted(unknown):
        raise UnknownStepError(
            f"{LOAD_VARIABLE} names {name!r}, and no step or extension of that name is installed."
            f"{did_you_mean(name, installed)} Installed: {', '.join(sorted(installed)) or 'none'}."
        )
