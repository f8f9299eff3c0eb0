"""What scoring one answer gives: counts, what was left out, and labels beside their gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["ScoreRow"]


@dataclass(slots=True)
class ScoreRow:
    """The row of one answer, while it is being filled.

    Attributes:
        counts: additive counts by key; metrics prefix theirs with their names.
        left_out: path, reason and metrics of what was not scored.
        pairs: field, gold label and predicted label.
    """

    counts: Counter[str] = field(default_factory=Counter)
    left_out: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    pairs: list[tuple[str, str, str | None]] = field(default_factory=list)

    def add(self, key: str, number: float) -> None:
        """Add to a count."""
        self.counts[key] += number  # type: ignore[assignment]  # a Counter adds up floats as well

    def leave_out(self, path: str, reason: str, metrics: Iterable[str]) -> None:
        """Note that something of the gold answer is not scored; see :class:`ft_core.scores.LeftOut`."""
        self.left_out.append((path, reason, tuple(metrics)))

    def pair(self, key: str, gold: str, predicted: str | None) -> None:
        """Note a gold label of a closed list beside the predicted one; see :class:`ft_core.scores.LabelPair`."""
        self.pairs.append((key, gold, predicted))
