from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ft_core.corpus.reporting.report_text import format_report
from tests.corpus.reports import FILES, SCRIPT, make_report

MINIMAL: dict[str, Any] = {
    "stories": {"read": 1, "refused": 0},
    "events": 3,
    "tales": {"train": 1, "val": 0, "test": 0},
    "repaired": {},
    "refusals": [],
    "left_out": [],
    "steps": {},
}
"""What a report has had from the first version on."""


@pytest.fixture
def report() -> dict[str, Any]:
    return make_report() | {"retellings": {"files": 20, "used": 18, "refused": 2}}


def find_lines(report: Mapping[str, Any], title: str) -> list[str]:
    """Return what the screen says under a title, step by step."""
    return [line[13:] for line in format_report(report).splitlines() if line.startswith(f"  {title:<10} ")]


def list_step(report: Mapping[str, Any], name: str) -> list[str]:
    parts = format_report(report).split("\n\n")
    return next(part.splitlines() for part in parts if part.startswith(f"{name}:"))


def test_the_first_line_tells_tales_events_and_split(report: dict[str, Any]) -> None:
    assert format_report(report).splitlines()[0] == (
        "Tales: 1,053 read, 61 refused, 2 older versions passed over, with 12,440 events; 843 train, 105 val, 105 test."
    )


def test_refused_files_are_named_the_first_five_and_the_others_counted(report: dict[str, Any]) -> None:
    lines = format_report(report).splitlines()
    assert [line for line in lines if line.startswith("  refused ")] == [
        f"  refused {FILES}/第{number:03}話.json: $.narrative_events[{number}].text_span: is a <string>" for number in range(5)
    ]
    assert lines[6] == "  and 56 more problems in refused files (report.json has all)"


def test_cultures_and_languages_are_told_by_split(report: dict[str, Any]) -> None:
    assert find_lines(report, "culture") == ["Japanese 214/27/26, Chinese 409/50/52, Indian <b> 220/28/27 (train/val/test)"]
    assert find_lines(report, "language") == ["zh 408/49/53, ja 215/28/25, en 219/29/24 (train/val/test)"]
    report["cultures"] = {"": {"train": 3, "val": 0, "test": 1}}
    assert find_lines(report, "culture") == ["(none) 3/0/1 (train/val/test)"]


def test_tales_that_are_the_same_are_told_with_the_reason_and_what_was_done(report: dict[str, Any]) -> None:
    assert find_lines(report, "same tale") == [
        f"CH_002_孟姜女 and CH_002_哭长城 (same id root, moved together), jp_001_桃太郎 and {SCRIPT} (near-identical text)"
    ]
    report["leaks"]["pairs"] *= 4
    assert find_lines(report, "same tale")[0].endswith(", 3 more")


def test_leaks_that_nobody_looked_for_are_told_as_such(report: dict[str, Any]) -> None:
    report["leaks"] = {"mode": "off", "checked": 0, "pairs": []}
    assert find_lines(report, "leaks") == ["not looked for"]
    report["leaks"] = {"mode": "move", "checked": 9, "pairs": []}
    assert find_lines(report, "leaks") == find_lines(report, "same tale") == []


def test_what_lies_beside_the_tales_is_counted(report: dict[str, Any]) -> None:
    assert find_lines(report, "stac") == ["events with a STAC record from a sidecar 1,120, sentences that were not found 3"]
    assert find_lines(report, "summaries") == ["tales with a summary 1,010, rows that match no tale 2"]
    assert find_lines(report, "retellings") == ["files 20, used 18, refused 2"]


def test_repairs_and_what_was_left_alone_are_counted(report: dict[str, Any]) -> None:
    assert find_lines(report, "repaired")[0] == "copied-description 265, time-order 7, unknown-label 4, bilingual-label 8"
    assert find_lines(report, "left alone") == ["ideographic-space 1,912, aozora-ruby 37"]


def test_files_that_are_no_tales_are_told(report: dict[str, Any]) -> None:
    (line,) = find_lines(report, "no tales")
    assert "models/run.json" in line


def test_a_step_is_told_with_everything_that_was_counted(report: dict[str, Any]) -> None:
    head, skipped, repaired, *labels, empty, prompt = list_step(report, "action")
    assert head == "action: 9,315 examples (and 2,990 of retellings), 3,125 skipped; 7,450 train, 930 val, 935 test"
    assert skipped.startswith("  skipped    31 the event has no text; 1,043 action type is blank; 9 '战斗' is no action type. ")
    assert repaired == "  repaired   label-spelling 411, translated-label 76, explicit-none 44"
    assert (
        labels[0]
        == "  labels     category: physical 4,800, mental 1,800, communicative 2,400, transaction 215, existential 100"
    )
    assert labels[-1] == "  labels     場面: 夕暮れ 12, 黎明 11"
    assert empty == "  empty      2% of the answers to train on"
    assert prompt == (
        "  prompt     2,112 characters on average, 71% of them the same in all; 312 to 1,402 (median 507.5, 95 % up to 911) "
        "tokens of smollm2-135m, 61% the same; answer 21 to 97 (median 34, 95 % up to 58) tokens"
    )


def test_what_balance_left_out_is_told_beside_the_empty_answers(report: dict[str, Any]) -> None:
    assert "  empty      50% of the answers to train on, 4,711 left out by balance" in list_step(report, "instrument")


def test_a_step_of_an_older_report_is_told_with_what_it_has(report: dict[str, Any]) -> None:
    assert list_step(report, "acme_mood") == [
        "acme_mood: 0 examples, 12,440 skipped; 0 train, 0 val, 0 test",
        f"  skipped    12,440 {SCRIPT}",
    ]


def test_an_older_report_is_told_with_what_it_has() -> None:
    assert format_report(MINIMAL) == "Tales: 1 read, 0 refused, with 3 events; 1 train, 0 val, 0 test."


def test_a_list_of_reasons_is_cut_after_the_fifth(report: dict[str, Any]) -> None:
    report["steps"]["action"]["skipped"] = {f"reason {number}": 10 - number for number in range(7)}
    assert list_step(report, "action")[1] == (
        "  skipped    10 reason 0; 9 reason 1; 8 reason 2; 7 reason 3; 6 reason 4; 2 more"
    )


def test_lines_without_label_lists_or_long_reasons_fit_a_wide_terminal(report: dict[str, Any]) -> None:
    report["steps"]["action"]["skipped"].pop(max(report["steps"]["action"]["skipped"], key=len))
    lines = format_report(report).splitlines()
    assert [line for line in lines if len(line) > 200 and not line.startswith(("  labels ", "  prompt "))] == []


def test_what_balance_left_out_is_told_where_it_left_out_all(report: dict[str, Any]) -> None:
    report["steps"]["instrument"]["empty"] = {"share": 0.0, "train": 0, "val": 0, "test": 0}
    assert "  empty      4,711 left out by balance" in list_step(report, "instrument")


def test_a_field_goes_by_the_last_part_of_its_name(report: dict[str, Any]) -> None:
    report["steps"]["action"]["labels"] = {"ties[].stance": {"hostile": 2}}
    assert "  labels     stance: hostile 2" in list_step(report, "action")
