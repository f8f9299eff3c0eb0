"""The results of an evaluation as one page for a browser: one file that needs no network and no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_head import make_head
from ft_core.corpus.reporting.report_markup import link_to, make, make_section, render_document
from ft_core.corpus.reporting.report_number import count_things, format_number
from ft_core.corpus.reporting.report_table import make_table
from ft_core.infer.evaluate.evaluation import Evaluation
from ft_core.infer.evaluate.page.interval_chart import NAMES, draw_intervals
from ft_core.infer.evaluate.page.step_section import draw_step, pick_primary

__all__ = ["render_evaluation"]

_PLACE = "results.json"
_SPLITS = {"test": "test tales", "val": "validation tales", "train": "training tales"}


def render_evaluation(results: Mapping[str, Any], evaluation: Evaluation) -> str:
    """Return the results as an HTML page, to be written as UTF-8.

    The same results give the same bytes. Whatever comes from tales and models is escaped.

    Args:
        results: what ``results.json`` holds.
        evaluation: the answers, of which the worst are shown.
    """
    steps = results["steps"]
    sections = [
        _draw_overview(steps),
        *(
            draw_step(number, name, step, evaluation.material.cases[name], evaluation.attempts[name])
            for number, (name, step) in enumerate(steps.items(), 1)
        ),
        *_draw_tales(results),
    ]
    links = [make("li", link_to(section.attrib["id"], "".join(section[0].itertext()))) for section in sections]
    nav = make("nav", make("ul", *links), aria_label="Sections")
    header = make("header", make("h1", "Evaluation"), _draw_numbers(results), _draw_warnings(results), nav)
    main = make("main", header, *sections)
    return render_document(
        make("html", make_head("Evaluation", _read_style()), make("body", main, _make_foot(results)), lang="en")
    )


@cache
def _read_style() -> str:
    return resources.files("ft_core.infer.evaluate.page").joinpath("evaluation.css").read_text(encoding="utf-8")


def _draw_numbers(results: Mapping[str, Any]) -> Element:
    numbers = {
        _SPLITS[results["split"]]: format_number(len(results["tales"])),
        "steps": format_number(len(results["steps"])),
        "cases of all steps": format_number(sum(step["cases"] for step in results["steps"].values())),
        "base model": str(results["run"]["base"].get("name") or "–").rstrip("/").rpartition("/")[2],
    }
    return make("dl", *(make("div", make("dt", name), make("dd", told)) for name, told in numbers.items()), class_="headline")


def _draw_warnings(results: Mapping[str, Any]) -> Element | None:
    told = [*results["warnings"], *(f"Step {name} has no cases in these tales." for name in results["without_cases"])]
    if not told:
        return None
    items = [make("li", each) for each in told]
    return make("div", make("p", make("strong", "Read the figures with this in mind")), make("ul", *items), class_="look")


def _draw_overview(steps: Mapping[str, Any]) -> Element:
    charts = [
        make("div", draw_intervals(f"{name}: {step['primary']}", pick_primary(step), note=_count(step)))
        for name, step in steps.items()
    ]
    said = (
        "Each step’s primary metric, from 0 to 1, higher is better. A line is the 95 % interval of a bootstrap over tales; "
        "where lines of two systems overlap, the paired difference in the step’s section tells more."
    )
    return make_section("overview", make("h2", "Overview"), make("p", said, class_="note"), make("div", *charts, class_="grid"))


def _count(step: Mapping[str, Any]) -> str:
    figure = next((each for each in pick_primary(step).values() if each), None)
    return count_things(figure["n"], "gold case") if figure else ""


def _draw_tales(results: Mapping[str, Any]) -> Iterator[Element]:
    rows = [
        [
            each["id"],
            each["title"],
            each["culture"],
            each["language"],
            format_number(each["events"]),
            "new" if each["is_new"] else "",
        ]
        for each in results["tales"]
    ]
    heads = ["tale", "title", "culture", "language", "events", ""]
    table = make_table("Tales that the figures are of", heads, rows, kinds="ftttnt", place=_PLACE)
    yield make_section("tales", make("h2", "Tales"), table)
    meanings = [[NAMES[name], meaning] for name, meaning in results["systems"].items()]
    systems = make_table("What is compared", ["system", "what it is"], meanings, kinds="tt")
    yield make_section("systems", make("h2", "Systems"), systems)
    if results["left_out"]:
        left_out = [[each["story"], each["file"], each["reason"]] for each in results["left_out"]]
        table = make_table(
            "Tales that are there but not measured on", ["tale", "file", "reason"], left_out, kinds="fft", place=_PLACE
        )
        yield make_section("left-out", make("h2", "Left out"), table)
    if results["refusals"]:
        refused = [[each["file"], each["path"], each["reason"]] for each in results["refusals"]]
        table = make_table("Files that could not be read", ["file", "place", "problem"], refused, kinds="fft", place=_PLACE)
        yield make_section("refused", make("h2", "Refused files"), table)


def _make_foot(results: Mapping[str, Any]) -> Element:
    settings = results["settings"]
    facts = {
        "run": results["run"]["folder"],
        "seed": settings["seed"],
        "resamples": settings["resamples"],
    }
    items = [make("div", make("dt", name), make("dd", make("code", str(told)))) for name, told in facts.items()]
    return make("footer", make("dl", *items, class_="hashes"))
