"""Bars of the report's page, each beside its name and its number, so that nothing is told by length or colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_markup import make
from ft_core.corpus.reporting.report_number import format_number, format_share
from ft_core.corpus.reporting.report_table import cut_rows
from ft_core.corpus.tally import BLANK

__all__ = ["Bar", "draw_bars", "draw_counts", "draw_track"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        name: what it is of.
        number: its value in words.
        length: from 0 to 1, of the room that there is.
        note: what is said of the value besides.
        is_faint: it is no value like the others.
    """

    name: str
    number: str
    length: float
    note: str = ""
    is_faint: bool = False


def draw_track(*parts: tuple[str, float]) -> Element:
    """Draw a bar for the eye only; its number stands beside it.

    Args:
        parts: the class and the length of each part from left to right; the lengths add up to 1 at most.
    """
    spans = [make("span", class_=f"bar {name}", style=f"width:{100 * length:.2f}%") for name, length in parts if length > 0]
    return make("span", *spans, class_="track", aria_hidden="true")


def draw_bars(caption: str, bars: Sequence[Bar], *, note: str = "", kind: str = "names") -> Element:
    """Draw a list of bars.

    Args:
        caption: what they show.
        bars: from top to bottom.
        note: what is said of all of them.
        kind: ``names`` for short ones, which stand in columns where there are many; ``sentences`` for long ones; ``parts`` for
            shares of a whole, with room for a longer note.
    """
    shown, more = cut_rows(bars)
    head = make("figcaption", caption, make("span", f" {note}", class_="note") if note else None)
    return make("figure", head, make("ol", *map(_draw_bar, shown), role="list"), more, class_=f"bars {kind}")


def draw_counts(caption: str, counts: Mapping[str, int], *, note: str = "", kind: str = "names") -> Element:
    """Draw counts, the highest first and the blank one last; the bars begin at 0 and the highest has all the room.

    Args:
        caption: what was counted.
        counts: by name; equal ones are sorted by name.
        note: what is said of all of them.
        kind: as in :func:`draw_bars`.
    """
    ranked = sorted(counts.items(), key=lambda pair: (pair[0] == BLANK, -pair[1], pair[0]))
    highest, total = max(counts.values(), default=0) or 1, sum(counts.values()) or 1
    bars = [
        Bar(name, format_number(count), count / highest, format_share(count / total), is_faint=name == BLANK)
        for name, count in ranked
    ]
    return draw_bars(caption, bars, note=note, kind=kind)


def _draw_bar(bar: Bar) -> Element:
    kind = {"class_": "faint"} if bar.is_faint else {}
    return make(
        "li",
        make("span", bar.name, class_="name"),
        make("span", bar.number, class_="number"),
        make("span", bar.note, class_="note"),
        draw_track(("plain", bar.length)),
        **kind,
    )
