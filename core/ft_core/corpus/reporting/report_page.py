"""The report as one page for a browser: charts and tables in one file that needs no network and no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.beside_count import FURTHER
from ft_core.corpus.reporting.report_finding import describe_findings
from ft_core.corpus.reporting.report_head import make_head
from ft_core.corpus.reporting.report_markup import link_to, make, make_section, render_document
from ft_core.corpus.reporting.report_number import format_number
from ft_core.corpus.reporting.report_source import draw_sources
from ft_core.corpus.reporting.report_split import draw_groups, draw_split
from ft_core.corpus.reporting.report_step import draw_step

__all__ = ["render_page"]


def render_page(report: Mapping[str, Any]) -> str:
    """Return the report as an HTML page, to be written as UTF-8.

    The same report gives the same bytes. Whatever comes from tales, files and labels is escaped.

    Args:
        report: the JSON object that ``report.json`` holds; keys that an older one lacks are left out.
    """
    steps = (report.get("steps") or {}).items()
    sections = [
        *_draw_tales(report),
        *(draw_step(number, name, step) for number, (name, step) in enumerate(steps, 1)),
        *draw_sources(report),
    ]
    header = make("header", make("h1", "Data report"), _draw_numbers(report), describe_findings(report), _link(sections))
    main = make("main", header, *sections)
    return render_document(make("html", make_head("Data report"), make("body", main, _make_foot(report)), lang="en"))


def _draw_numbers(report: Mapping[str, Any]) -> Element:
    stories, steps = report.get("stories") or {}, report.get("steps") or {}
    numbers = {
        "tales read": stories.get("read"),
        "files refused": stories.get("refused"),
        "files superseded": stories.get("superseded"),
        "events": report.get("events"),
        "examples of all steps": sum(step.get("examples") or 0 for step in steps.values()),
        **{f"more, of {name}": sum(step.get(key) or 0 for step in steps.values()) or None for key, name in FURTHER.items()},
    }
    facts = [
        make("div", make("dt", name), make("dd", format_number(number)))
        for name, number in numbers.items()
        if number is not None
    ]
    return make("dl", *facts, class_="headline")


def _link(sections: list[Element]) -> Element:
    links = [make("li", link_to(section.attrib["id"], "".join(section[0].itertext()))) for section in sections]
    return make("nav", make("ul", *links), aria_label="Sections")


def _draw_tales(report: Mapping[str, Any]) -> Iterator[Element]:
    tables = draw_groups("Tales", report, report.get("tales") or {})
    yield make_section("tales", make("h2", "Tales"), tables, _name_versions(report))
    if steps := report.get("steps"):
        rows = [(link_to(f"step-{n}", name), step.get("split") or {}) for n, (name, step) in enumerate(steps.items(), 1)]
        skipped = [format_number(sum((step.get("skipped") or {}).values())) for step in steps.values()]
        table = draw_split("Examples of each step by split, and events skipped", "step", rows, more=("skipped", skipped))
        yield make_section("examples", make("h2", "Examples"), table)


def _name_versions(report: Mapping[str, Any]) -> Element | None:
    versions = report.get("versions") or {}
    said = ", ".join(f"{format_number(versions[each])} of version {each}" for each in sorted(versions))
    return make("p", f"Tales by the version of their file: {said}.", class_="note") if versions else None


def _make_foot(report: Mapping[str, Any]) -> Element:
    names = {"format": "format", "seed": "seed", "data_hash": "data", "split_hash": "split"}
    facts = [
        make("div", make("dt", name), make("dd", make("code", str(report[key]))))
        for key, name in names.items()
        if report.get(key) is not None
    ]
    return make("footer", make("dl", *facts, class_="hashes") if facts else None)
