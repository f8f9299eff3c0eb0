"""The worst answers of an adapter beside gold, with segment and tale."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from ft_core.corpus.reporting.report_markup import Child, make
from ft_core.infer.evaluate.attempt import Attempt
from ft_core.infer.evaluate.case import Case

__all__ = ["draw_worst"]

_MOST_LETTERS = 700
"""Longer segments and answers are cut, and say so; the answers' file has all."""


def draw_worst(worst: Sequence[Mapping[str, Any]], cases: Sequence[Case], attempts: Sequence[Attempt]) -> list[Element]:
    """Draw an article for each of the worst answers.

    Args:
        worst: what results.json has of them.
        cases: what was asked.
        attempts: what was answered.
    """
    return [_draw(each, cases[each["case"]], attempts[each["case"]]) for each in worst]


def _draw(worst: Mapping[str, Any], case: Case, attempt: Attempt) -> Element:
    story, event = case.place
    sure = f", confidence {attempt.confidence:.2f}" if attempt.confidence is not None else ""
    told = f"{story}, event {event}; score {worst['score']:.2f}{sure}"
    title = make("p", make("strong", case.story.title or story), make("span", f" {told}", class_="note"))
    segment = make("blockquote", _cut(case.segment), lang=case.story.language or "und")
    problems = [make("li", str(each)) for each in (*attempt.problems, *attempt.repairs)]
    return make(
        "article",
        title,
        segment,
        _compare(case, attempt),
        make("ul", *problems, class_="problems") if problems else None,
        class_="worst",
    )


def _compare(case: Case, attempt: Attempt) -> Element:
    gold = case.example.output
    predicted = attempt.output if attempt.output is not None else _parse(attempt.text)
    if predicted is None:
        predicted = {}
        raw = make("p", make("span", "Answer: ", class_="note"), make("code", _cut(attempt.text))) if attempt.text else None
    else:
        raw = None
    rows = [_compare_key(key, gold.get(key), predicted.get(key)) for key in dict.fromkeys([*gold, *predicted])]
    heads = [make("th", name, scope="col") for name in ("", "gold", "predicted")]
    table = make("table", make("thead", make("tr", *heads)), make("tbody", *rows))
    return make("div", table, raw)


def _compare_key(key: str, gold: Any, predicted: Any) -> Element:
    is_same = gold == predicted
    kind = "same" if is_same else "unlike" if gold not in ("", [], None) else "open"
    return make("tr", make("th", key, scope="row"), make("td", _show(gold)), make("td", _show(predicted)), class_=kind)


def _show(value: Any) -> Child:
    if value in (None, "", []):
        return make("span", "–", class_="note")
    if isinstance(value, list):
        return make("span", *_divide([_show_item(item) for item in value]))
    return _cut(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _show_item(item: Any) -> str:
    if isinstance(item, Mapping):
        return _cut(
            " · ".join(
                each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in item.values() if each
            )
        )
    return _cut(item if isinstance(item, str) else json.dumps(item, ensure_ascii=False))


def _divide(items: Sequence[str]) -> list[Child]:
    parts: list[Child] = []
    for item in items:
        parts += [make("br"), item] if parts else [item]
    return parts


def _parse(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS].rstrip()}… ({len(text):,} characters)"
