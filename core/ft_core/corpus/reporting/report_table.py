"""Tables of the report's page: with a caption, with headers that say what they are of, and cut where they grow long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeVar
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_markup import Child, make
from ft_core.corpus.reporting.report_number import format_number

__all__ = ["Row", "cut_rows", "make_table"]

_MOST_ROWS = 50
"""Longer lists are cut, and say so."""

Row: TypeAlias = Sequence[Child]

_Item = TypeVar("_Item")


def cut_rows(rows: Sequence[_Item], place: str = "report.json") -> tuple[Sequence[_Item], Element | None]:
    """Return the rows that are shown, and a note of those that are not.

    Args:
        rows: all of them.
        place: the file that has the rest.
    """
    more = len(rows) - _MOST_ROWS
    if more <= 0:
        return rows, None
    return rows[:_MOST_ROWS], make("p", f"and {format_number(more)} more; {place} has all.", class_="more")


def make_table(caption: str, heads: Sequence[str], rows: Sequence[Row], *, kinds: str, place: str = "report.json") -> Element:
    """Make a table whose first column names the rows.

    Args:
        caption: what it shows.
        heads: the headers of the columns.
        rows: the cells of each row, as many as there are headers.
        kinds: one letter a column: ``t`` for text, ``n`` for numbers, ``v`` for values that may be long, ``f`` for names of
            files, places and tales.
        place: the file that has the rows that are not shown.
    """
    shown, note = cut_rows(rows, place)
    columns = list(zip(heads, kinds, strict=True))
    head = make("thead", make("tr", *(make("th", name, scope="col", class_=kind) for name, kind in columns)))
    body = make("tbody", *(_make_row(row, kinds) for row in shown))
    return make("div", make("table", make("caption", caption), head, body), note, class_="table")


def _make_row(row: Row, kinds: str) -> Element:
    name, *cells = row
    head = make("th", name, scope="row", class_=kinds[0])
    return make("tr", head, *(make("td", cell, class_=kind) for cell, kind in zip(cells, kinds[1:], strict=True)))
