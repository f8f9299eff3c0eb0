from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from ft_core.corpus.reporting.report_page import render_page
from tests.corpus.reports import FILES, SCRIPT, make_report

_VOID = {"meta", "link"}
_SHARES = {"share", "static_share"}


class Page(HTMLParser):
    """A page as a browser takes it apart: elements with their attributes and texts; stops at one that is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((tuple(self._open), data))

    @property
    def text(self) -> str:
        return "\n".join(text for place, text in self.texts if "head" not in place)

    def list_attributes(self, name: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(name)) is not None]


def list_numbers(value: Any, key: str = "") -> Iterator[str]:
    """Yield every number of a report as its page should write it."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from list_numbers(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from list_numbers(each, key)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield write_number(value, key)


def write_number(value: float, key: str) -> str:
    if key in _SHARES:
        return f"{value:.0%}" if value >= 0.1 else f"{value:.1%}"
    if key == "similarity":
        return f"{value:.2f}"
    return f"{value:,}" if key not in {"seed", "format"} else str(value)


def cut(html: str, start: str, end: str) -> str:
    return html.partition(start)[2].partition(end)[0]


def cut_section(html: str, anchor: str) -> str:
    return cut(html, f'<section id="{anchor}"', "</section>")


def cut_chart(html: str, anchor: str, caption: str) -> str:
    return cut(cut_section(html, anchor), f"<figcaption>{caption}", "</figure>")


def test_every_number_of_the_report_is_on_the_page() -> None:
    report = make_report()
    page = Page(render_page(report))
    shown = Counter(re.findall(r"[0-9][0-9,.]*[0-9]%?|[0-9]%?", page.text.replace("\xa0", "")))
    due = Counter(list_numbers(report))
    missing = {number: count - shown[number] for number, count in due.items() if shown[number] < count}
    assert missing == {}
    assert due.total() > 180


def test_nothing_that_comes_from_tales_becomes_markup() -> None:
    page = Page(render_page(make_report()))
    tags = {tag for tag, _ in page.elements}
    assert tags.isdisjoint({"script", "img", "b", "string", "iframe", "object", "form"})
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert page.text.count(SCRIPT) == 2
    assert f"{FILES}/第000話.json" in page.text
    assert "Indian <b>" in page.text
    assert "中文/故事 & 传说.json" in page.text


def test_attributes_cannot_be_left_by_a_quote() -> None:
    page = Page(render_page({"steps": {'"><script>1</script>': {"examples": 1}}}))
    assert "script" not in {tag for tag, _ in page.elements}
    assert '"><script>1</script>' in page.text


def test_a_page_can_be_written_whatever_a_file_is_named() -> None:
    html = render_page({"left_out": ["half \ud83d of a pair", "a\0b\x1b[31m\u0085"]})
    assert "half \\ud83d of a pair" in html.encode("utf-8").decode("utf-8")
    assert "a\\x00b\\x1b[31m\\x85" in html


def test_the_page_needs_no_network() -> None:
    html = render_page(make_report())
    page = Page(html)
    assert "http" not in html
    assert not re.search(r"url\(|@import|\bsrc=\"", html)
    assert {href for href in page.list_attributes("href") if not href.startswith("#")} == {"data:,"}


def test_every_link_leads_to_a_place_of_the_page() -> None:
    page = Page(render_page(make_report()))
    places = page.list_attributes("id")
    assert len(places) == len(set(places))
    links = {href[1:] for href in page.list_attributes("href") if href.startswith("#")}
    assert {"step-1", "step-3", "refused", "repaired", "leaks"} <= links <= set(places)
    assert set(page.list_attributes("aria-labelledby")) <= set(places)


def test_every_table_has_a_caption_and_headers_that_say_what_they_are_of() -> None:
    page = Page(render_page(make_report()))
    tags = Counter(tag for tag, _ in page.elements)
    assert tags["table"] == tags["caption"] > 10
    assert tags["figure"] == tags["figcaption"] > 5
    assert {attributes.get("scope") for tag, attributes in page.elements if tag == "th"} == {"row", "col"}
    assert [tag for tag, _ in page.elements if tag in {"h1", "main", "nav", "title"}] == ["title", "main", "h1", "nav"]


def test_bars_are_as_long_as_their_numbers_and_begin_at_nothing() -> None:
    chart = cut_chart(render_page(make_report()), "step-1", "category")
    numbers = [int(number.replace(",", "")) for number in re.findall(r'class="number">([0-9,]+)<', chart)]
    lengths = [float(length) for length in re.findall(r"width:([0-9.]+)%", chart)]
    assert numbers == [4800, 2400, 1800, 215, 100]
    assert lengths == pytest.approx([100 * number / 4800 for number in numbers], abs=0.005)


def test_the_parts_of_a_stacked_bar_share_one_scale() -> None:
    section = cut_section(render_page(make_report()), "examples")
    parts = re.findall(r'class="bar (train|val|test)" style="width:([0-9.]+)%"', section)
    assert parts == [("train", "79.98"), ("val", "9.98"), ("test", "10.04"), ("train", "1.40"), ("test", "0.33")]


def test_bars_are_sorted_and_the_blank_label_comes_last_and_faint() -> None:
    chart = cut_chart(render_page(make_report()), "step-1", "status")
    names = re.findall(r'<li( class="faint")?><span class="name">([^<]+)<', chart)
    assert [name for _, name in names] == ["success", "attempt", "failure", "partial", "(blank)"]
    assert [bool(faint) for faint, _ in names] == [False] * 4 + [True]


def test_a_long_list_is_cut_and_says_so() -> None:
    section = cut_section(render_page(make_report()), "refused")
    assert section.count('<th scope="row"') == 50
    assert "第049話" in section
    assert "第050話" not in section
    assert "and 11 more; manifest.json has all." in section


def test_a_long_chart_and_a_long_table_are_cut_too() -> None:
    labels = {f"label {number:02}": 100 - number for number in range(52)}
    cultures = {f"culture {number:02}": {"train": 1} for number in range(53)}
    text = Page(render_page({"cultures": cultures, "steps": {"action": {"labels": {"type": labels}}}})).text
    assert "label 49" in text
    assert "label 50" not in text
    assert "and 2 more; report.json has all." in text
    assert "culture 49" in text
    assert "culture 50" not in text
    assert "and 3 more; report.json has all." in text


def test_what_is_wrong_is_said_first() -> None:
    html = render_page(make_report())
    look = re.sub(r"<[^>]+>", "", cut(html, '<div class="look">', "</div>")).strip().splitlines()
    assert [line for line in look if line] == [
        "Look at this first",
        "61 files were refused: which, and why.",
        "4 labels that no rule knows were left out, never guessed; the manifest names each with its place: unknown-label.",
        "1 pair of tales that are the same tale would have been split; each is now in one split: leaks.",
        "instrument has no examples in val.",
        "acme_mood has no examples.",
    ]


def test_a_leak_check_that_is_off_is_something_to_look_at() -> None:
    text = Page(render_page({"stories": {"read": 3}, "leaks": {"mode": "off", "checked": 0, "pairs": []}})).text
    assert "Nobody looked for tales that are the same tale: the leak check is off." in text
    assert "0 tales compared, 0 pairs of the same tale found. Nobody looked for any (leaks: off)." in text


def test_clean_data_is_called_clean() -> None:
    step = {"examples": 3, "split": {"train": 1, "val": 1, "test": 1}, "skipped": {}, "repaired": {}}
    text = Page(render_page({"stories": {"read": 3, "refused": 0}, "leaks": {"mode": "move"}, "steps": {"action": step}})).text
    assert "Nothing stands out: no file was refused, every label is known, and no two tales had to be moved together." in text
    assert "Look at this first" not in text


@pytest.mark.parametrize("report", [{}, {"stories": {"read": 0, "refused": 0}, "events": 0, "steps": {}, "leaks": None}])
def test_a_report_of_no_tales_is_a_page_too(report: dict[str, Any]) -> None:
    text = Page(render_page(report)).text
    assert "Data report" in text
    assert "No tale was read, so there is nothing to learn from." in text


def test_an_older_report_is_a_page_too() -> None:
    step = {
        "examples": 315,
        "skipped": {"the event has no text": 7},
        "repaired": {},
        "split": {"train": 250, "val": 30, "test": 35},
    }
    report = {"format": 1, "stories": {"read": 53, "refused": 0}, "events": 322, "tales": {"train": 43, "val": 5, "test": 5}}
    text = Page(render_page(report | {"steps": {"action": step}})).text
    assert {"315", "250", "30", "35", "7", "322", "43"} <= set(text.split("\n"))
    assert "Tales by split" in text
    assert "Examples by split" in text


def test_a_report_without_token_lengths_says_how_to_get_them() -> None:
    section = cut_section(render_page(make_report()), "step-2")
    assert "Tokens were not counted; <code>--model-name</code> chooses a tokenizer." in section


def test_a_step_without_examples_has_no_prompts_to_tell_of() -> None:
    report = make_report()
    report["steps"]["acme_mood"]["prompt"] = {"mean_chars": 0.0, "static_chars": 0, "static_share": 0.0}
    assert "Prompts and answers" in cut_section(render_page(report), "step-2")
    assert "Prompts and answers" not in cut_section(render_page(report), "step-3")


def test_the_last_lengths_of_a_histogram_may_have_no_limit() -> None:
    tokens = {"model": "m", "histogram": {"edges": [0, 250], "counts": [3, 40]}}
    html = render_page({"steps": {"action": {"examples": 43, "tokens": tokens}}})
    table = Page(cut(html, '<table class="histogram">', "</table>"))
    assert table.text.split("\n") == ["Prompts by their tokens", "from", "below", "prompts", "0", "250", "3", "250", "–", "40"]


def test_the_same_report_gives_the_same_bytes_under_any_hash_seed() -> None:
    program = (
        "import hashlib, json, sys; from ft_core.corpus.reporting.report_page import render_page; "
        "print(hashlib.sha256(render_page(json.load(sys.stdin)).encode()).hexdigest())"
    )
    given = json.dumps(make_report()).encode()
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=given,
            stdout=subprocess.PIPE,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_the_order_of_groups_and_counts_does_not_matter() -> None:
    report = make_report()
    turned = json.loads(json.dumps(report))
    for owner, key in ((turned, "cultures"), (turned, "repaired"), (turned["steps"]["action"], "skipped")):
        owner[key] = dict(reversed(owner[key].items()))
    turned["steps"]["action"]["labels"]["type"] = dict(reversed(turned["steps"]["action"]["labels"]["type"].items()))
    assert render_page(turned) == render_page(report)
