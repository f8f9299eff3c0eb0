"""F1 of labels in a hierarchy, where the right branch is worth something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ft_core.scores import Counts
from ft_core.scoring.score_row import ScoreRow
from ft_core.scoring.set_f1 import SetF1

__all__ = ["HierarchicalF1"]


@dataclass(frozen=True, slots=True)
class HierarchicalF1:
    """F1 over labels and their ancestors: each label is extended by those above it, and the nodes of all answers are counted.

    Svetlana Kiritchenko, Stan Matwin and A. Fazel Famili, "Functional annotation of genes using hierarchical text
    categorization" (2005); recommended by Carlos Silla and Alex Freitas, "A survey of hierarchical classification across
    different application domains", Data Mining and Knowledge Discovery 22 (2011). The root, which all labels share, does
    not count.

    >>> row, metric = ScoreRow(), HierarchicalF1("hierarchical_f1")
    >>> metric.compare(row, ["physical", "flee"], ["physical", "travel"])
    >>> metric.value(row.counts), metric.cases(row.counts)
    (0.5, 1)
    """

    name: str

    def compare(self, row: ScoreRow, gold: Sequence[str], predicted: Sequence[str]) -> None:
        """Count a case.

        Args:
            row: the answer's row.
            gold: the labels from the topmost down to the most special one.
            predicted: the same of the answer; empty where it is not valid.
        """
        row.add(f"{self.name}:cases", 1.0)
        self._nodes.compare(row, _list_nodes(gold), _list_nodes(predicted))

    def value(self, sums: Counts) -> float | None:
        """Return F1 over the nodes, or None where there is no case."""
        return self._nodes.value(sums)

    def cases(self, sums: Counts) -> int:
        """Return the number of gold labels, not of nodes."""
        return int(sums.get(f"{self.name}:cases", 0.0))

    @property
    def _nodes(self) -> SetF1:
        return SetF1(self.name)


def _list_nodes(path: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(path[:depth]) for depth in range(1, len(path) + 1)]
