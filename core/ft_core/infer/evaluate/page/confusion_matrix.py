"""A confusion matrix: gold labels down, predicted ones across, each cell with its count and as dark as its share of the row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_markup import make

__all__ = ["MOST_LABELS", "draw_confusion"]

MOST_LABELS = 16
"""Further labels are put together."""

_OTHER = "(all others)"
_NONE = "(none)"
_BLANK = "(blank)"

_Counts = Counter[tuple[str, str]]


def draw_confusion(field: str, pairs: Sequence[Mapping[str, Any]]) -> Element:
    """Draw the matrix of one closed field.

    Args:
        field: its name.
        pairs: how often each gold label met each predicted one.
    """
    seen: Counter[str] = Counter()
    for pair in pairs:
        seen[pair["gold"]] += pair["count"]
    ranked = sorted(seen, key=lambda label: (-seen[label], label))
    named = set(ranked[:MOST_LABELS])
    counts: _Counts = Counter()
    for pair in pairs:
        counts[_name(pair["gold"], named), _name(pair["predicted"], named)] += pair["count"]
    rows = [label for label in (*ranked[:MOST_LABELS], _OTHER) if any(gold == label for gold, _ in counts)]
    columns = [label for label in (*ranked[:MOST_LABELS], _OTHER, _BLANK, _NONE) if any(label in pair for pair in counts)]
    right = sum(pair["count"] for pair in pairs if pair["gold"] == pair["predicted"])
    caption = make(
        "caption", field, make("span", f" {right} of {sum(seen.values())} right; gold down, predicted across", class_="note")
    )
    head = make("tr", make("td"), *(make("th", make("span", label), scope="col") for label in columns))
    body = [_draw_row(label, columns, counts) for label in rows]
    return make("div", make("table", caption, make("thead", head), make("tbody", *body), class_="confusion"), class_="table")


def _name(label: str | None, named: set[str]) -> str:
    if label is None:
        return _NONE
    if not label:
        return _BLANK
    return label if label in named else _OTHER


def _draw_row(gold: str, columns: Sequence[str], counts: _Counts) -> Element:
    total = sum(count for (label, _), count in counts.items() if label == gold)
    return make("tr", make("th", gold, scope="row"), *(_draw_cell(gold, label, counts, total) for label in columns))


def _draw_cell(gold: str, predicted: str, counts: _Counts, total: int) -> Element:
    count = counts[gold, predicted]
    kind = "mixed" if gold == predicted == _OTHER else "right" if gold == predicted else "wrong"
    if not count:
        return make("td", class_=f"cell {kind}")
    share = count / total
    dark = " dark" if share > 0.55 else ""  # noqa: PLR2004  # from there on light figures are easier to read
    return make("td", str(count), class_=f"cell {kind}{dark}", style=f"--share:{share:.2f}")
