"""What a check of a step's contract found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Finding", "Status", "Verdict"]

Status: TypeAlias = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check says of a step.

    Attributes:
        step: the step's name.
        check: the check's name.
        status: whether it passed; ``skipped`` where it could not be made.
        message: what was seen; where it failed, what to change.
    """

    step: str
    check: str
    status: Status
    message: str

    def __str__(self) -> str:
        return f"{self.status} {self.check}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one check.

    Attributes:
        told: what was seen, where nothing is wrong.
        problems: what is wrong and what to change.
        skipped: why the check could not be made.
    """

    told: str = ""
    problems: Sequence[str] = ()
    skipped: str = ""

    def as_findings(self, step: str, check: str) -> list[Finding]:
        """Return one finding for each problem, or one that says that the check passed or was skipped."""
        if self.problems:
            return [Finding(step, check, "failed", problem) for problem in self.problems]
        status: Status = "skipped" if self.skipped else "passed"
        return [Finding(step, check, status, self.skipped or self.told)]
