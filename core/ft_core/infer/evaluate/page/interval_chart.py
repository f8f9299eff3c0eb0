"""A dot and a line for each system: value and interval of one metric on a scale from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_markup import make
from ft_core.infer.evaluate.page.figure import format_interval, format_value

__all__ = ["NAMES", "draw_intervals"]

NAMES: Mapping[str, str] = {
    "majority": "most frequent answer",
    "tfidf": "TF-IDF + regression",
    "shuffled": "shuffled gold",
    "base": "base model",
    "adapter": "adapter",
    "adapter_unconstrained": "adapter, unconstrained",
    "pipeline": "pipeline",
}
"""The systems as the page names them."""

_TICKS = (0, 0.25, 0.5, 0.75, 1)


def draw_intervals(caption: str, figures: Mapping[str, Mapping[str, Any] | None], *, note: str = "") -> Element:
    """Draw one metric of several systems.

    Args:
        caption: what it shows.
        figures: value and interval by system, from top to bottom; one without a value has no dot.
        note: what is said of all of them.
    """
    head = make("figcaption", caption, make("span", f" {note}", class_="note") if note else None)
    rows = [_draw_row(system, figure) for system, figure in figures.items()]
    return make("figure", head, make("ol", *rows, role="list"), _draw_scale(), class_="intervals")


def _draw_row(system: str, figure: Mapping[str, Any] | None) -> Element:
    return make(
        "li",
        make("span", NAMES.get(system, system), class_="name"),
        make("span", format_value(figure), class_="number"),
        make("span", format_interval(figure), class_="note"),
        _draw_track(figure),
        class_=f"system {system}",
    )


def _draw_track(figure: Mapping[str, Any] | None) -> Element:
    parts = []
    if figure and figure.get("low") is not None:
        width = 100 * (figure["high"] - figure["low"])
        parts.append(make("span", class_="range", style=f"left:{100 * figure['low']:.2f}%;width:{width:.2f}%"))
    if figure and figure.get("value") is not None:
        parts.append(make("span", class_="dot", style=f"left:{100 * figure['value']:.2f}%"))
    return make("span", *parts, class_="rule", aria_hidden="true")


def _draw_scale() -> Element:
    ticks = [make("span", f"{tick:g}", style=f"left:{100 * tick:g}%") for tick in _TICKS]
    return make("div", make("span", *ticks, class_="ticks"), class_="scale", aria_hidden="true")
