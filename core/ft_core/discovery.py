"""Finding installed steps by their entry points, without importing them.

Written over ``importlib.metadata`` because pluggy's own loader silently skips a second distribution with the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions

__all__ = ["STEP_GROUP", "STEP_NAME", "StepEntry", "discover_steps"]

STEP_GROUP = "ft_core.steps"
STEP_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True, order=True)
class StepEntry:
    """An entry point of the group ``ft_core.steps``; ``value`` names the module with the hooks."""

    name: str
    distribution: str
    version: str
    value: str
    fault: str = ""
    """Why the distribution's entry points cannot be read; it then has one entry, named ``?``."""

    @property
    def provider(self) -> str:
        """The distribution and its version, as people write them."""
        return f"{self.distribution} {self.version}"

    def load(self) -> object:
        """Import what the entry point names; whatever the import raises comes through."""
        return EntryPoint(self.name, self.value, STEP_GROUP).load()


def discover_steps(path: Sequence[str] | None = None) -> list[StepEntry]:
    """List the installed steps, sorted by name and distribution; nothing is imported.

    Args:
        path: folders to search instead of ``sys.path``.
    """
    return sorted(set(_entries(path)))


def _entries(path: Sequence[str] | None) -> Iterator[StepEntry]:
    seen: set[str] = set()
    for distribution in distributions() if path is None else distributions(path=list(path)):
        name = _normalize(distribution)
        if name in seen:  # a distribution further down the path is shadowed, as its modules are
            continue
        seen.add(name)
        yield from _read_entries(distribution)


def _read_entries(distribution: Distribution) -> Iterator[StepEntry]:
    name = str(distribution.metadata["Name"])
    try:
        found = [(entry.name, entry.value) for entry in distribution.entry_points.select(group=STEP_GROUP)]
    except (TypeError, ValueError) as error:
        if _mentions_steps(distribution):
            yield StepEntry("?", name, distribution.version, "", f"{type(error).__name__}: {error}")
        return
    for step, value in found:
        yield StepEntry(step, name, distribution.version, value)


def _mentions_steps(distribution: Distribution) -> bool:
    try:
        text = distribution.read_text("entry_points.txt") or ""
    except UnicodeDecodeError as error:
        text = error.object.decode("utf-8", "replace")
    return STEP_GROUP in text


def _normalize(distribution: Distribution) -> str:
    # A broken installation can lack a name; it then has no entry points that could be told apart.
    return re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()
