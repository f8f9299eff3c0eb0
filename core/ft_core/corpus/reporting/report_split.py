"""How the report's page shows what is trained on, validated on and tested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_chart import draw_track
from ft_core.corpus.reporting.report_markup import Child, make
from ft_core.corpus.reporting.report_number import format_number
from ft_core.corpus.reporting.report_table import cut_rows
from ft_core.corpus.training_data import SPLITS

__all__ = ["Sizes", "draw_groups", "draw_split"]

Sizes: TypeAlias = Mapping[str, int]
"""How many there are in each split."""

_GROUPS = {"cultures": "culture", "languages": "language"}


def draw_groups(what: str, counts: Mapping[str, Any], total: Sizes) -> Element:
    """Draw the split of tales or examples by culture and by language; where neither is known, of all of them.

    Args:
        what: what is counted.
        counts: holds the sizes of each culture and of each language.
        total: the sizes of all of them.
    """
    tables = [
        draw_split(f"{what} by {head}", head, sorted(counts[key].items()), total=total)
        for key, head in _GROUPS.items()
        if counts.get(key)
    ]
    return make("div", *(tables or [draw_split(f"{what} by split", what.lower(), [("all", total)])]), class_="grid")


def draw_split(
    caption: str,
    head: str,
    rows: Sequence[tuple[Child, Sizes]],
    *,
    total: Sizes | None = None,
    more: tuple[str, Sequence[str]] | None = None,
) -> Element:
    """Draw a table of splits with a stacked bar in each row; all bars begin at 0 and share one scale.

    Args:
        caption: what it shows.
        head: what the rows are of.
        rows: the name and the sizes of each.
        total: the sizes of all of them, for a last row without a bar.
        more: one more column: its header and its numbers.
    """
    highest = max((_add(sizes) for _, sizes in rows), default=0) or 1
    extra = more[1] if more else [None] * len(rows)
    shown, note = cut_rows(
        [_make_row(name, sizes, cell, _draw(sizes, highest)) for (name, sizes), cell in zip(rows, extra, strict=True)]
    )
    keys = [_head(make("span", class_=f"key {split}", aria_hidden="true"), split) for split in SPLITS]
    # The bars say nothing that the numbers do not, so that a screen reader is spared their column.
    heads = [make("th", head, scope="col"), *keys, _head("all"), _head(more[0]) if more else None, _make_wide(None)]
    foot = make("tfoot", _make_row("all", total, None, None)) if total is not None else None
    body = make("tbody", *shown)
    table = make("table", make("caption", caption), make("thead", make("tr", *heads)), body, foot, class_="splits")
    return make("div", table, note, class_="table")


def _head(*children: Child) -> Element:
    return make("th", *children, scope="col", class_="n")


def _make_row(name: Child, sizes: Sizes, cell: str | None, track: Element | None) -> Element:
    numbers = [*(format_number(sizes.get(split, 0)) for split in SPLITS), format_number(_add(sizes))]
    cells = [make("td", number, class_="n") for number in [*numbers, *([] if cell is None else [cell])]]
    return make("tr", make("th", name, scope="row"), *cells, _make_wide(track))


def _make_wide(child: Child) -> Element:
    return make("td", child, class_="wide", aria_hidden="true")


def _draw(sizes: Sizes, highest: int) -> Element:
    return draw_track(*((split, sizes.get(split, 0) / highest) for split in SPLITS))


def _add(sizes: Sizes) -> int:
    return sum(sizes.get(split, 0) for split in SPLITS)
