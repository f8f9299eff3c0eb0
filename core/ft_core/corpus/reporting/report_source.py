"""What the report's page says of the files: leaks, repairs, marks, and whatever was not used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_chart import draw_counts
from ft_core.corpus.reporting.report_markup import make, make_section
from ft_core.corpus.reporting.report_number import count_things, format_value
from ft_core.corpus.reporting.report_table import make_table

__all__ = ["draw_sources"]

_BESIDE = {"summaries": "Summaries", "retellings": "Retellings", "stac": "STAC records"}
_MODES: Mapping[object, str] = {
    "move": "Such tales go into one split together (leaks: move).",
    "refuse": "Preparing stops where such tales would be split (leaks: refuse).",
    "off": "Nobody looked for any (leaks: off).",
}


def draw_sources(report: Mapping[str, Any]) -> Iterator[Element]:
    """Draw a section for each thing that the report has something to say of."""
    if beside := list(_draw_beside(report)):
        yield _make_section("beside", "Beside the tales", make("div", *beside, class_="grid"))
    yield from _draw_leaks(report.get("leaks") or {})
    if charts := list(_draw_repairs(report)):
        yield _make_section("repaired", "Repairs and marks", make("div", *charts, class_="grid"))
    yield from _draw_unused(report)


def _draw_beside(report: Mapping[str, Any]) -> Iterator[Element]:
    for key, title in _BESIDE.items():
        if counts := report.get(key):
            rows = [[name, format_value(count)] for name, count in counts.items()]
            yield make_table(title, ["what", "count"], rows, kinds="tv")


def _draw_repairs(report: Mapping[str, Any]) -> Iterator[Element]:
    if repaired := report.get("repaired"):
        yield draw_counts("Repaired while reading", repaired, note=count_things(sum(repaired.values()), "value"))
    if marks := report.get("marks"):
        yield draw_counts("Marks of editors", marks, note="left alone in the texts, and counted")


def _draw_leaks(leaks: Mapping[str, Any]) -> Iterator[Element]:
    if not leaks:
        return
    pairs: Sequence[Mapping[str, Any]] = leaks.get("pairs") or []
    checked = count_things(leaks.get("checked") or 0, "tale")
    found = count_things(len(pairs), "pair of the same tale", "pairs of the same tale")
    said = f"{checked} compared, {found} found. {_MODES.get(leaks.get('mode'), '')}".rstrip()
    heads = ["tale", "and tale", "what shows it", "similarity", "moved"]
    rows = [
        [pair.get("a"), pair.get("b"), pair.get("reason"), _format_similarity(pair), format_value(pair.get("moved"))]
        for pair in pairs
    ]
    table = make_table("Tales that are the same tale", heads, rows, kinds="fftnt") if rows else None
    yield _make_section("leaks", "Leaks", make("p", said), table)


def _format_similarity(pair: Mapping[str, Any]) -> str:
    share = pair.get("similarity")
    return "–" if share is None else f"{share:.2f}"


def _draw_unused(report: Mapping[str, Any]) -> Iterator[Element]:
    if refusals := report.get("refusals"):
        rows = [[each.get("file"), each.get("path"), each.get("reason")] for each in refusals]
        caption = "Every problem of every file that was not used"
        table = make_table(caption, ["file", "place", "problem"], rows, kinds="fft", place="manifest.json")
        yield _make_section("refused", "Refused files", table)
    if superseded := report.get("superseded"):
        rows = [[each.get("file"), each.get("used")] for each in superseded]
        table = make_table("Older versions of a tale", ["file", "used instead"], rows, kinds="ff")
        yield _make_section("superseded", "Superseded files", table)
    if left_out := report.get("left_out"):
        table = make_table("Files that are no tales, or that ft-core wrote", ["file"], [[each] for each in left_out], kinds="f")
        yield _make_section("left-out", "Left out", table)


def _make_section(anchor: str, title: str, *children: Element | None) -> Element:
    return make_section(anchor, make("h2", title), *children)
