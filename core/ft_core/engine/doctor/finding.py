"""What a check found, and running a check so that its own failure is a finding too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

__all__ = ["Check", "Finding", "Status", "run_check"]

Status: TypeAlias = Literal["ok", "note", "problem"]
"""``note``: works, but there is something to know; ``problem``: something that was installed or set up does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what was looked at.
        status: how it is.
        text: what was found.
        remedy: what to do, on one line; ``""`` where nothing needs to be done.
    """

    name: str
    status: Status
    text: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the finding as JSON values."""
        return asdict(self)


Check: TypeAlias = Callable[[], Iterable[Finding]]
"""Looks at one group of things."""


def run_check(check: Check) -> list[Finding]:
    """Return what a check finds; where it fails itself, what it had found before and its failure.

    >>> run_check(lambda: [Finding("disk", "ok", f"{1 // 0} GB")])[0].text
    'this check failed itself: ZeroDivisionError: integer division or modulo by zero'
    """
    found: list[Finding] = []
    try:
        found.extend(check())
    except (Exception, SystemExit) as error:  # whatever is broken on a machine, the other checks go on
        name = getattr(check, "__name__", "check").removeprefix("check_").replace("_", " ").replace("<lambda>", "check")
        said = " ".join(f"{type(error).__name__}: {error}".split())
        remedy = "report it, with the output of: ft-core doctor --json"
        found.append(Finding(name, "problem", f"this check failed itself: {said}", remedy))
    return found
