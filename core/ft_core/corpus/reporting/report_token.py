"""How long a step's prompts and answers are, on the report's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_chart import Bar, draw_bars, draw_track
from ft_core.corpus.reporting.report_markup import make
from ft_core.corpus.reporting.report_number import format_number, format_share
from ft_core.corpus.reporting.report_table import make_table

__all__ = ["draw_lengths"]

_MEASURES = {"min": "min", "median": "median", "p95": "95 %", "max": "max", "mean": "mean"}


def draw_lengths(step: Mapping[str, Any]) -> Element:
    """Draw the lengths of a step's prompts and answers, and the share of its prompts that is always the same."""
    prompt, tokens = step.get("prompt") or {}, step.get("tokens") or {}
    static = list(_list_static(prompt, tokens))
    share = draw_bars("Share of the prompt that never changes", static, kind="parts") if static else None
    histogram = tokens.get("histogram")
    chart = _draw_histogram(histogram["edges"], histogram["counts"]) if histogram else None
    return make("div", make("div", share, *_draw_tokens(tokens)), chart, class_="grid")


def _list_static(prompt: Mapping[str, Any], tokens: Mapping[str, Any]) -> Iterator[Bar]:
    if (share := prompt.get("static_share")) is not None:
        static, mean = (format_number(prompt.get(key) or 0) for key in ("static_chars", "mean_chars"))
        yield Bar("characters", format_share(share), share, f"{static} of {mean} on average")
    if (share := tokens.get("static_share")) is not None:
        yield Bar("tokens", format_share(share), share)


def _draw_tokens(tokens: Mapping[str, Any]) -> Iterator[Element]:
    if not tokens:
        yield make("p", "Tokens were not counted; ", make("code", "--model-name"), " chooses a tokenizer.", class_="note")
        return
    model = tokens.get("model") or "the chosen tokenizer"
    rows = [
        [name, *(format_number(lengths[key]) if lengths.get(key) is not None else "–" for key in _MEASURES)]
        for name in ("prompt", "answer")
        if (lengths := tokens.get(name))
    ]
    if rows:
        yield make_table(f"Tokens, as {model} counts them", ["", *_MEASURES.values()], rows, kinds="tnnnnn")
    if (longest := tokens.get("row_max")) is not None:
        yield make("p", f"The longest prompt with its answer has {format_number(longest)} tokens.", class_="note")


def _draw_histogram(edges: Sequence[float], counts: Sequence[int]) -> Element:
    # Every count is of the lengths from its edge to below the next one; after the last edge there may be no limit.
    highest = max(counts, default=0) or 1
    limits = [*map(format_number, edges), "–"]
    rows = [
        make(
            "tr",
            make("th", limits[place], scope="row", class_="n"),
            make("td", limits[place + 1], class_="n"),
            make("td", format_number(count), class_="n"),
            make("td", draw_track(("plain", count / highest)), class_="wide", aria_hidden="true"),
        )
        for place, count in enumerate(counts)
    ]
    names = ("from", "below", "prompts")
    head = make("tr", *(make("th", name, scope="col", class_="n") for name in names), make("td", aria_hidden="true"))
    caption = make("caption", "Prompts by their tokens")
    table = make("table", caption, make("thead", head), make("tbody", *rows), class_="histogram")
    return make("div", table, class_="table")
