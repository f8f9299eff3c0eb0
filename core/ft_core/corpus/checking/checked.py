"""What a check of tales found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ft_core.corpus.checking.finding import Finding

__all__ = ["Checked"]


@dataclass(slots=True)
class Checked:
    """What a check of tales found.

    Attributes:
        files: how many files were opened.
        tales: how many tales were checked, those that cannot be used included.
        findings: sorted by file, line, column and rule.
        superseded: tales that were not checked, each with the later version that is read instead.
        left_out: STAC sidecars, and what ft-core wrote itself, which are no tales; sorted.
    """

    files: int = 0
    tales: int = 0
    findings: list[Finding] = field(default_factory=list)
    superseded: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings each rule has, the commonest rule first."""
        counts = Counter(finding.rule for finding in self.findings)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def as_json(self) -> Mapping[str, Any]:
        """Return everything as a JSON object."""
        return {
            "files": self.files,
            "tales": self.tales,
            "findings": [finding.as_json() for finding in self.findings],
            "counts": self.counts,
            "superseded": dict(self.superseded),
            "left_out": self.left_out,
        }
