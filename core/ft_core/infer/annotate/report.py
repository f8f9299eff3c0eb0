"""What a call of ``ft-core annotate`` did: ``annotation.json`` in the output folder, and what is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ft_core.corpus.reading.record import Refusal

__all__ = ["COUNTED", "AnnotationReport"]

COUNTED = ("answered", "repaired", "not_valid", "kept")
"""What is counted of each step's answers."""


@dataclass(slots=True)
class AnnotationReport:
    """The account of a call; every tale that was named is in exactly one of its lists.

    Attributes:
        run: what answered, as JSON.
        settings: how, as JSON.
        annotated: ids of the tales that this call annotated.
        finished: ids of those that were annotated before.
        edited: of these the ones whose files somebody has changed since; they are left as they are.
        refusals: tales that cannot be annotated, or must not, and why.
        superseded: files that another file of the same tale takes the place of.
        left_out: what is no tale.
        notes: what else is to be known.
        drift: what is not as it was when the adapters were trained, though they were used by this call.
        steps: counts of answers by step, over all annotated and finished tales.
    """

    run: Mapping[str, Any]
    settings: Mapping[str, Any]
    annotated: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    superseded: Sequence[tuple[str, str]] = ()
    left_out: Sequence[str] = ()
    notes: list[str] = field(default_factory=list)
    drift: Sequence[str] = ()
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 where every tale is annotated, else 1."""
        return int(bool(self.refusals))

    def add_counts(self, counts: Mapping[str, Mapping[str, Any]]) -> None:
        """Add the counts of a tale."""
        for step, of_tale in counts.items():
            total = self.steps.setdefault(step, {**dict.fromkeys(COUNTED, 0), "not_asked": {}})
            for key in COUNTED:
                total[key] += of_tale[key]
            reasons = Counter(total["not_asked"]) + Counter(of_tale["not_asked"])
            total["not_asked"] = dict(sorted(reasons.items()))

    def as_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "format": 1,
            "run": self.run,
            "settings": self.settings,
            "tales": {
                "annotated": self.annotated,
                "finished": self.finished,
                "edited": self.edited,
                "refused": sorted({refusal.file for refusal in self.refusals}),
            },
            "steps": self.steps,
            "refusals": [{"file": each.file, "path": each.path, "reason": each.reason} for each in self.refusals],
            "superseded": [{"file": file, "by": by} for file, by in self.superseded],
            "left_out": list(self.left_out),
            "notes": self.notes,
            "drift": list(self.drift),
        }
