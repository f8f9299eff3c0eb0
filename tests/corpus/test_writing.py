from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ft_core.config import make_config
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reporting.report_text import format_report
from ft_core.corpus.writing import write_prepared
from ft_core.errors import OutputError
from tests.corpus.field_steps import install_field_steps
from tests.tales import SEGMENTS, make_event, make_tale, write_tale


@pytest.fixture
def tales(tmp_path: Path, site: Path) -> Path:
    folder = tmp_path / "tales"
    for number in range(3):
        write_tale(
            folder, make_tale(f"tale{number}", narrative_events=[make_event(1, event_type="gamma"), make_event(2), None])
        )
    (folder / "bad.json").write_text("[]")
    return folder


def write(tales: Path, out: Path, *names: str, seed: int = 1) -> dict[str, Any]:
    steps = install_field_steps(out.parent / "site", *names)
    with prepare(
        [tales], steps, make_config({"seed": seed, "leaks": "off"}), beside=out if out.is_dir() else None
    ) as preparation:
        write_prepared(preparation, out)
    manifest: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def read_report(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))
    return report


def test_each_line_has_exactly_the_three_keys(tales: Path, tmp_path: Path) -> None:
    write(tales, tmp_path / "out", "event_type")
    text = (tmp_path / "out" / "event_type_train.jsonl").read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert [list(json.loads(line)) for line in text.splitlines()] == [["instruction", "input", "output"]] * 2
    assert json.loads(text.splitlines()[0]) == {
        "instruction": "Say the event_type.\n\nSegment:\nOnce a fox lived by a river.",
        "input": "",
        "output": '{"event_type": "INTERDICTION"}',
    }


def test_the_manifest_says_where_each_line_comes_from(tales: Path, tmp_path: Path) -> None:
    manifest = write(tales, tmp_path / "out", "event_type")
    step = manifest["steps"]["event_type"]
    assert (step["distribution"], step["version"], manifest["seed"]) == ("acme-event-type", "1.0", 1)
    for split, ids in manifest["tales"].items():
        entry = step["files"][split]
        assert entry["file"] == f"event_type_{split}.jsonl"
        assert entry["lines"] == [
            {
                "story": story,
                "event": event,
                "system_chars": len("Say the event_type."),
                "filled": ["field", "segment"],
                "blank": [],
            }
            for story in ids
            for event in ("e1", "e2")
        ]


def test_skips_repairs_and_refusals_carry_file_path_and_reason(tales: Path, tmp_path: Path) -> None:
    manifest = write(tales, tmp_path / "out", "event_type")
    assert manifest["steps"]["event_type"]["skipped"][0] == {
        "file": "tale0.json",
        "story": "tale0",
        "event": "event-3",
        "path": "$.narrative_events[2].text_span",
        "reason": "the event has no text",
        "step": "event_type",
    }
    assert {
        "file": "tale0.json",
        "path": "$.narrative_events[0].event_type",
        "rule": "propp-code",
        "before": "gamma",
        "after": "INTERDICTION",
        "note": "",
    } in manifest["repairs"]
    assert manifest["refusals"] == [{"file": "bad.json", "path": "$", "reason": "is an array, where a tale is a JSON object"}]


def test_the_report_counts_every_event_of_every_step(tales: Path, tmp_path: Path) -> None:
    write(tales, tmp_path / "out", "event_type", "instrument")
    report = read_report(tmp_path)
    assert report["stories"] == {"read": 3, "refused": 1, "superseded": 0}
    assert report["events"] == 9
    assert report["cultures"] == {"Indian": {"train": 1, "val": 1, "test": 1}}
    assert report["languages"] == {"en": {"train": 1, "val": 1, "test": 1}}
    assert report["versions"] == {"3": 3}
    static = len("Say the event_type.\n\nSegment:\n")
    assert report["steps"]["event_type"] == {
        "examples": 6,
        "retold": 0,
        "cut": 0,
        "skipped": {"the event has no text": 3},
        "repaired": {"propp-code": 3},
        "split": {"train": 2, "val": 2, "test": 2},
        "cultures": {"Indian": {"train": 2, "val": 2, "test": 2}},
        "languages": {"en": {"train": 2, "val": 2, "test": 2}},
        "labels": {},
        "empty": {"share": 0.0, "train": 0, "val": 0, "test": 0},
        "left_out_by_balance": 0,
        "prompt": {
            "mean_chars": static + (len(SEGMENTS[0]) + len(SEGMENTS[1])) / 2,
            "static_chars": static,
            "static_share": round(static / (static + (len(SEGMENTS[0]) + len(SEGMENTS[1])) / 2), 4),
        },
        "tokens": None,
    }
    for step in report["steps"].values():
        assert step["examples"] + sum(step["skipped"].values()) == report["events"]
        assert sum(step["split"].values()) == step["examples"]


def test_the_report_is_readable_on_one_screen(tales: Path, tmp_path: Path) -> None:
    write(tales, tmp_path / "out", "event_type", "stac")
    text = format_report(read_report(tmp_path))
    assert text.splitlines() == [
        "Tales: 3 read, 1 refused, with 9 events; 1 train, 1 val, 1 test.",
        "  refused bad.json: $: is an array, where a tale is a JSON object",
        "  culture    Indian 1/1/1 (train/val/test)",
        "  language   en 1/1/1 (train/val/test)",
        "  leaks      not looked for",
        "  stac       events without a STAC record 9",
        "  summaries  tales with a summary of their own 3",
        "  repaired   event-id-from-place 3, propp-code 3, time-order-from-neighbour 3",
        "",
        "event_type: 6 examples, 3 skipped; 2 train, 2 val, 2 test",
        "  skipped    3 the event has no text",
        "  repaired   propp-code 3",
        "  prompt     62 characters on average, 48% of them the same in all",
        "",
        "stac: 0 examples, 9 skipped; 0 train, 0 val, 0 test",
        "  skipped    6 stac is blank; 3 the event has no text",
    ]


def test_a_long_report_is_cut_and_says_so() -> None:
    report = {
        "stories": {"read": 1, "refused": 7},
        "events": 8,
        "tales": {"train": 1, "val": 0, "test": 0},
        "repaired": {},
        "refusals": [{"file": f"{number}.json", "path": "$", "reason": "x"} for number in range(7)],
        "left_out": [],
        "steps": {
            "action": {
                "examples": 0,
                "skipped": {f"reason {number}": 1 for number in range(8)},
                "repaired": {},
                "split": {"train": 0, "val": 0, "test": 0},
            }
        },
    }
    lines = format_report(report).splitlines()
    assert "  and 2 more problems in refused files (report.json has all)" in lines
    assert lines[-1] == "  skipped    1 reason 0; 1 reason 1; 1 reason 2; 1 reason 3; 1 reason 4; 3 more"


def test_steps_prepared_before_from_the_same_tales_stay_in_the_manifest_and_the_report(tales: Path, tmp_path: Path) -> None:
    write(tales, tmp_path / "out", "event_type")
    manifest = write(tales, tmp_path / "out", "instrument")
    report = read_report(tmp_path)
    assert list(manifest["steps"]) == list(report["steps"]) == ["event_type", "instrument"]
    assert report["steps"]["event_type"]["examples"] == 6


def test_steps_of_another_split_leave_the_manifest_and_the_report_but_keep_their_files(tales: Path, tmp_path: Path) -> None:
    write(tales, tmp_path / "out", "event_type")
    manifest = write(tales, tmp_path / "out", "instrument", seed=2)
    assert list(manifest["steps"]) == list(read_report(tmp_path)["steps"]) == ["instrument"]
    assert (tmp_path / "out" / "event_type_train.jsonl").exists()


@pytest.mark.parametrize("old", ["", "[]", '{"steps": []}'])
def test_a_damaged_old_manifest_is_replaced(tales: Path, tmp_path: Path, old: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text(old)
    assert list(write(tales, tmp_path / "out", "instrument")["steps"]) == ["instrument"]


def test_files_that_cannot_be_written_are_told(tales: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="a file is in the way"):
        write(tales, tmp_path / "out", "instrument")
