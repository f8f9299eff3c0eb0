"""What the page says of one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_chart import draw_counts
from ft_core.corpus.reporting.report_markup import make, make_section
from ft_core.corpus.reporting.report_number import count_things, format_number, format_share
from ft_core.infer.evaluate.attempt import Attempt
from ft_core.infer.evaluate.case import Case
from ft_core.infer.evaluate.page.confusion_matrix import draw_confusion
from ft_core.infer.evaluate.page.interval_chart import NAMES, draw_intervals
from ft_core.infer.evaluate.page.metric_table import tabulate_differences, tabulate_groups, tabulate_metrics
from ft_core.infer.evaluate.page.validity_table import tabulate_validity
from ft_core.infer.evaluate.page.worst_answer import draw_worst
from ft_core.infer.evaluate.system import System

__all__ = ["draw_step", "pick_primary"]


def draw_step(
    number: int,
    name: str,
    step: Mapping[str, Any],
    cases: Sequence[Case],
    attempts: Mapping[System, Sequence[Attempt]],
) -> Element:
    """Draw a step's section.

    Args:
        number: its place among the steps, counted from 1; its anchor is named after it.
        name: the step.
        step: what results.json has of it.
        cases: what was asked.
        attempts: what each system answered.
    """
    chart = draw_intervals(f"{step['primary']}", pick_primary(step), note="value and 95 % interval")
    return make_section(
        f"step-{number}",
        make("h2", make("span", "Step ", class_="note"), name),
        make("dl", *_list_facts(step), class_="facts"),
        make("div", chart, tabulate_differences(step), class_="grid"),
        make("h3", "Metrics"),
        tabulate_metrics(step),
        *_draw_groups(step),
        *_draw_confusions(step),
        *_draw_losses(step),
        *_draw_worst(step, cases, attempts),
    )


def pick_primary(step: Mapping[str, Any]) -> dict[str, Mapping[str, Any] | None]:
    """Return the primary metric of each system, in the order of the page."""
    return {system: step[system].get(step["primary"]) for system in NAMES if system in step["systems"]}


def _list_facts(step: Mapping[str, Any]) -> Iterator[Element]:
    yield _make_fact("cases", format_number(step["cases"]), f"of {count_things(step['tales'], 'tale')}")
    number, _, noun = count_things(step["trained_on"], "example").partition(" ")
    yield _make_fact("trained on", number, noun)
    for system, name in (("adapter", "valid answers"), ("adapter_unconstrained", "valid without constraint")):
        valid = step["valid"].get(system)
        if valid and valid["share"] is not None:
            repaired = f", {valid['repaired']} repaired" if valid["repaired"] else ""
            yield _make_fact(name, format_share(valid["share"]), f"{valid['valid']} of {valid['asked']}{repaired}")


def _make_fact(name: str, number: str, note: str = "") -> Element:
    return make("div", make("dt", name), make("dd", number, make("span", f" {note}", class_="note") if note else None))


def _draw_groups(step: Mapping[str, Any]) -> Iterator[Element]:
    tables = [tabulate_groups(step, "by_culture", "culture"), tabulate_groups(step, "by_language", "language")]
    yield make("h3", "By culture and language")
    yield make("div", *tables)


def _draw_confusions(step: Mapping[str, Any]) -> Iterator[Element]:
    fields = step["confusion"].get("adapter") or {}
    if fields:
        yield make("h3", "Confusion of labels by the adapter")
        yield make("div", *(draw_confusion(field, pairs) for field, pairs in fields.items()), class_="confusions")


def _draw_losses(step: Mapping[str, Any]) -> Iterator[Element]:
    yield make("h3", "Answers that could not be used, and what is not scored")
    yield tabulate_validity(step["valid"])
    kinds = (("skipped", "Events without a gold answer", "event"), ("not_scored", "Gold values that are not scored", "value"))
    lists = [
        draw_counts(caption, counts, note=count_things(sum(counts.values()), thing), kind="sentences")
        for key, caption, thing in kinds
        if (counts := step[key])
    ]
    if lists:
        yield make("div", *lists, class_="grid")
    for system, reason in step["missing"].items():
        yield make("p", f"No {NAMES[system]}: {reason}.", class_="note")


def _draw_worst(
    step: Mapping[str, Any], cases: Sequence[Case], attempts: Mapping[System, Sequence[Attempt]]
) -> Iterator[Element]:
    if step["worst"]:
        yield make("h3", "Worst answers of the adapter")
        yield make("p", "The lowest scores, and of equal ones those that the model was surest of.", class_="note")
        yield make("div", *draw_worst(step["worst"], cases, attempts["adapter"]), class_="cards")
