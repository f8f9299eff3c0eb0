"""Importing the modules of installed steps and extensions, each with the error of what is wrong with it."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import redirect_stdout
from types import ModuleType
from typing import TypeVar

from ft_core.discovery import STEP_NAME, PluginEntry
from ft_core.errors import DuplicateStepError, InvalidStepNameError, StepImportError
from ft_core.failure import describe_failure
from ft_core.hook_check import check_hooks
from ft_core.version_range import check_range

__all__ = ["group_rivals", "import_hooks"]

Entry = TypeVar("Entry", bound=PluginEntry)


def group_rivals(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Return the entries of each name together, in their order; where there are several they are rivals."""
    by_name: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_name[entry.name].append(entry)
    return [*by_name.values()]


def import_hooks(rivals: Sequence[PluginEntry]) -> ModuleType:
    """Import the module of a step or extension and check its hooks.

    Args:
        rivals: all entries of one name; more than one is an error, and then none of them is imported.

    Raises:
        PluginError: its own one for each way in which the module cannot be used.
    """
    entry = rivals[0]
    _check_name(rivals)
    check_range(entry)
    try:
        with redirect_stdout(sys.stderr):
            module = entry.load()
    except (Exception, SystemExit) as error:
        raise StepImportError(_word_import_failure(entry, error)) from error
    if not isinstance(module, ModuleType):
        raise StepImportError(
            f"{entry.title}: {entry.value} of {entry.provider} is a {type(module).__name__}. The entry point must name a "
            f"module with hooks; its authors must correct it."
        )
    check_hooks(entry, module)
    return module


def _word_import_failure(entry: PluginEntry, error: BaseException) -> str:
    package = re.split(r"[.:]", entry.value)[0]
    told = describe_failure(error, "" if isinstance(error, SyntaxError) else package)  # a SyntaxError says where
    what = "Install what it misses" if isinstance(error, ImportError) else f"Report it to the authors of the {entry.KIND}"
    whose = f"{entry.title}: {entry.value} of {entry.provider}"
    return f"{whose} cannot be imported: {told}. {what}, or uninstall {entry.distribution}."


def _check_name(rivals: Sequence[PluginEntry]) -> None:
    entry = rivals[0]
    if entry.fault:
        raise StepImportError(
            f"{entry.provider}: its entry_points.txt cannot be read ({entry.fault}). Install it again, or uninstall it."
        )
    if len(rivals) > 1:
        providers = " and ".join(rival.provider for rival in rivals)
        raise DuplicateStepError(f"{entry.title} is provided by {providers}. Uninstall one of them.")
    if not STEP_NAME.fullmatch(entry.name):
        kind = f"{'an' if entry.KIND[0] in 'aeiou' else 'a'} {entry.KIND}"
        raise InvalidStepNameError(
            f"{entry.provider} provides {kind} named {entry.name!r}. Its name must be a lower-case letter, then "
            f"lower-case letters, digits and underscores; its authors must rename the entry point."
        )
