"""Finding installed steps and extensions by their entry points, without importing them.

Written over ``importlib.metadata`` because pluggy's own loader silently skips a second distribution with the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import ClassVar, TypeVar

__all__ = [
    "EXTENSION_GROUP", "STEP_GROUP", "STEP_NAME", "ExtensionEntry", "PluginEntry", "StepEntry", "discover_extensions",
    "discover_steps",
]  # fmt: skip

STEP_GROUP = "ft_core.steps"
EXTENSION_GROUP = "ft_core.extensions"
STEP_NAME = re.compile(r"[a-z][a-z0-9_]*")
"""What a step, and an extension, can be called."""

_NAME_LINE = re.compile(r"^name[ \t]*:[ \t]*(\S.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class PluginEntry:
    """An entry point that names a module with hooks."""

    KIND: ClassVar[str]
    GROUP: ClassVar[str]

    name: str
    distribution: str
    version: str
    value: str
    fault: str = ""
    """Why the distribution's entry points cannot be read; it then has one entry, named ``?``."""

    wanted: tuple[str, ...] = ()
    """What the distribution declares that it needs, as its metadata spell it: ``ft-core<0.2,>=0.1``."""

    @property
    def provider(self) -> str:
        """The distribution and its version, as people write them."""
        return f"{self.distribution} {self.version}"

    @property
    def title(self) -> str:
        """What messages begin with: ``Step 'stac'``."""
        return f"{self.KIND.capitalize()} {self.name!r}"

    @property
    def remedy(self) -> str:
        """The command that takes it away."""
        return f"pip uninstall {self.distribution}"

    def load(self) -> object:
        """Import what the entry point names; whatever the import raises comes through."""
        return EntryPoint(self.name, self.value, self.GROUP).load()


@dataclass(frozen=True, slots=True, order=True)
class StepEntry(PluginEntry):
    """An entry point of the group ``ft_core.steps``: a step."""

    KIND: ClassVar[str] = "step"
    GROUP: ClassVar[str] = STEP_GROUP


@dataclass(frozen=True, slots=True, order=True)
class ExtensionEntry(PluginEntry):
    """An entry point of the group ``ft_core.extensions``: hooks over all steps."""

    KIND: ClassVar[str] = "extension"
    GROUP: ClassVar[str] = EXTENSION_GROUP


Entry = TypeVar("Entry", bound=PluginEntry)


def discover_steps(path: Sequence[str] | None = None) -> list[StepEntry]:
    """List the installed steps, sorted by name and distribution; nothing is imported.

    Args:
        path: folders to search instead of ``sys.path``.
    """
    return sorted(set(_entries(path, StepEntry)))


def discover_extensions(path: Sequence[str] | None = None) -> list[ExtensionEntry]:
    """List the installed extensions, sorted by name and distribution; nothing is imported.

    Args:
        path: folders to search instead of ``sys.path``.
    """
    return sorted(set(_entries(path, ExtensionEntry)))


def _entries(path: Sequence[str] | None, kind: type[Entry]) -> Iterator[Entry]:
    seen: set[str] = set()
    for distribution in distributions() if path is None else distributions(path=list(path)):
        name = _read_name(distribution)
        normalized = re.sub(r"[-_.]+", "-", name).lower()
        if normalized in seen:  # a distribution further down the path is shadowed, as its modules are
            continue
        seen.add(normalized)
        yield from _read_entries(distribution, name, kind)


def _read_name(distribution: Distribution) -> str:
    """Read one line of the metadata: to parse all of them, of every distribution, would be most of a command's start.

    A broken installation can lack a name; it then has no entry points that could be told apart.
    """
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or distribution.read_text("") or ""
    found = _NAME_LINE.search(text.partition("\n\n")[0])
    return found[1] if found else ""


def _read_entries(distribution: Distribution, name: str, kind: type[Entry]) -> Iterator[Entry]:
    try:
        found = [(entry.name, entry.value) for entry in distribution.entry_points.select(group=kind.GROUP)]
    except (TypeError, ValueError) as error:
        if _mentions(distribution, kind.GROUP):
            yield kind("?", name, distribution.version, "", f"{type(error).__name__}: {error}")
        return
    for entry, value in found:
        yield kind(entry, name, distribution.version, value, "", tuple(distribution.requires or ()))


def _mentions(distribution: Distribution, group: str) -> bool:
    try:
        text = distribution.read_text("entry_points.txt") or ""
    except UnicodeDecodeError as error:
        text = error.object.decode("utf-8", "replace")
    return group in text
