"""Whether a plugin is made for this version of ft-core: the range that its distribution declares."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ft_core import __version__
from ft_core.discovery import PluginEntry
from ft_core.errors import VersionRangeError

__all__ = ["check_range"]

_OURS = re.compile(r"ft[-_.]+core(?![\w.-])", re.IGNORECASE)


def check_range(entry: PluginEntry, version: str = __version__) -> None:
    """Check that a plugin's declared range of ft-core holds this version; one that declares none is taken as it is.

    Hooks change with ft-core's version and have no number of their own. pip heeds the range when it installs, but not where
    ft-core is exchanged later, or where pip was told to leave dependencies alone.

    Raises:
        VersionRangeError: the range does not hold this version, or cannot be read.
    """
    for wanted in _list_ours(entry.wanted):
        fault = _describe_fault(wanted, version)
        if fault:
            raise VersionRangeError(
                f"{entry.title}: {entry.provider} is made for another version of ft-core: {fault}. "
                f"Install a version of it that fits (pip install --upgrade {entry.distribution}), or: {entry.remedy}"
            )


def _list_ours(wanted: Iterable[str]) -> list[str]:
    return [line for line in wanted if _OURS.match(line.strip())]


def _describe_fault(wanted: str, version: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(wanted)
    except InvalidRequirement as error:
        return f"{wanted!r} in its metadata cannot be read ({str(error).splitlines()[0]})"
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return ""
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return f"it declares ft-core {requirement.specifier}, and this is ft-core {version}"
