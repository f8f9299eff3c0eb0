"""A score sheet by tale: sums that a bootstrap adds again, many resamples at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ft_core.example import Answer
from ft_core.scores import ScoreSheet

if TYPE_CHECKING:
    import numpy

    Matrix = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.float64]]

__all__ = ["TaleSums", "list_keys"]

_NOTHING = 1e-9
"""Less is what rounding leaves of a count that was added and taken away again."""


class TaleSums:
    """The counts of one system's answers, added up by tale.

    Attributes:
        tales: the tale ids, in the order of the answers.
        sheet: the score sheet.
        keys: the names of the counts; the same for all systems that are compared.
        matrix: counts of shape (tales, keys).
    """

    def __init__(self, sheet: ScoreSheet, answers: Sequence[Answer], keys: Sequence[str]) -> None:
        import numpy as np

        self.sheet = sheet
        self.tales = list(dict.fromkeys(answer.story_id for answer in answers))
        self.keys = list(keys)
        rows = {tale: number for number, tale in enumerate(self.tales)}
        columns = {key: number for number, key in enumerate(self.keys)}
        self.matrix: Matrix = np.zeros((len(rows), len(columns)))
        for answer, counts in zip(answers, sheet.counts, strict=True):
            for key, count in counts.items():
                self.matrix[rows[answer.story_id], columns[key]] += count

    def resample(self, weights: Matrix) -> list[dict[str, float]]:
        """Return the metrics of resamples.

        Args:
            weights: how often each tale is in each resample, of shape (resamples, tales).
        """
        return [self.measure(sums) for sums in weights @ self.matrix]

    def measure(self, sums: Matrix) -> dict[str, float]:
        """Return the metrics of one row of sums; a count that is 0 is missing, as where no answer has it."""
        pairs = zip(self.keys, sums.tolist(), strict=True)
        return self.sheet.metrics_of(Counter({key: count for key, count in pairs if abs(count) > _NOTHING}))


def list_keys(sheets: Iterable[ScoreSheet]) -> list[str]:
    """Return the names of all counts of some sheets, sorted."""
    return sorted({key for sheet in sheets for row in sheet.counts for key in row})
