"""Which label was given for which: counts of gold and predicted labels of each closed field."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ft_core.scores import ScoreSheet

__all__ = ["count_confusion"]


def count_confusion(sheet: ScoreSheet) -> dict[str, list[dict[str, Any]]]:
    """Return, by field, how often each gold label met each predicted one, the most frequent pairs first.

    ``predicted`` is null where there was no label to count, as in an answer that is not valid.
    """
    fields: dict[str, Counter[tuple[str, str | None]]] = {}
    for pair in sheet.pairs:
        fields.setdefault(pair.field, Counter())[pair.gold, pair.predicted] += 1
    return {
        field: [
            {"gold": gold, "predicted": predicted, "count": count}
            for (gold, predicted), count in sorted(counts.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or ""))
        ]
        for field, counts in fields.items()
    }
