"""What the report's page says of one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.beside_count import FURTHER
from ft_core.corpus.reporting.report_chart import draw_counts
from ft_core.corpus.reporting.report_markup import make, make_section
from ft_core.corpus.reporting.report_number import count_things, format_number, format_share
from ft_core.corpus.reporting.report_split import draw_groups
from ft_core.corpus.reporting.report_token import draw_lengths
from ft_core.corpus.training_data import SPLITS

__all__ = ["draw_step"]


def draw_step(number: int, name: str, step: Mapping[str, Any]) -> Element:
    """Draw a step's section.

    Args:
        number: its place among the steps, counted from 1; its anchor is named after it.
        name: the step.
        step: what ``report.json`` has of it.
    """
    return make_section(
        f"step-{number}",
        make("h2", make("span", "Step ", class_="note"), name),
        make("dl", *_list_facts(step), class_="facts"),
        draw_groups("Examples", step, step.get("split") or {}),
        *_draw_losses(step),
        *_draw_labels(step.get("labels") or {}),
        *_draw_prompts(step),
    )


def _list_facts(step: Mapping[str, Any]) -> Iterator[Element]:
    yield _make_fact("examples", format_number(step.get("examples") or 0))
    yield from (
        _make_fact(f"more, of {name}", format_number(count)) for key, name in FURTHER.items() if (count := step.get(key))
    )
    yield _make_fact("skipped", format_number(_add(step.get("skipped"))))
    yield _make_fact("repaired", format_number(_add(step.get("repaired"))))
    if empty := step.get("empty"):
        places = ", ".join(f"{format_number(empty.get(split) or 0)} {split}" for split in SPLITS)
        share = empty.get("share")
        yield _make_fact("empty answers in training", format_share(share) if share is not None else "–", places)
    if step.get("left_out_by_balance") is not None:
        yield _make_fact("left out by balance", format_number(step["left_out_by_balance"]))


def _make_fact(name: str, number: str, note: str = "") -> Element:
    return make("div", make("dt", name), make("dd", number, make("span", f" {note}", class_="note") if note else None))


def _draw_losses(step: Mapping[str, Any]) -> Iterator[Element]:
    kinds = (("skipped", "Skipped, by reason", "question"), ("repaired", "Repaired, by rule", "value"))
    lists = [
        draw_counts(caption, counts, note=count_things(_add(counts), thing), kind="sentences")
        for key, caption, thing in kinds
        if (counts := step.get(key))
    ]
    if lists:
        yield make("h3", "Skipped and repaired")
        yield make("div", *lists, class_="grid")


def _draw_labels(labels: Mapping[str, Mapping[str, int]]) -> Iterator[Element]:
    fields = [draw_counts(name, counts, note=count_things(_add(counts), "answer")) for name, counts in labels.items() if counts]
    if fields:
        yield make("h3", "Labels of the answers")
        yield make("div", *fields, class_="labels")


def _draw_prompts(step: Mapping[str, Any]) -> Iterator[Element]:
    if any(step.get(key) for key in ("examples", *FURTHER)):
        yield make("h3", "Prompts and answers")
        yield draw_lengths(step)


def _add(counts: Mapping[str, int] | None) -> int:
    return sum((counts or {}).values())
