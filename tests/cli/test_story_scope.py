"""A step that is asked once per tale, prepared, previewed and trained as its user does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ft_core.cli import main
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.reading.samples import samples_dir
from tests.distributions import write_story_step
from tests.engine.bases import save_base
from tests.tales import make_tale, write_tale

Prepare = Callable[..., dict[str, Any]]


@pytest.fixture
def prepare(tmp_path: Path, site: Path) -> Prepare:
    """Prepares tales with the step ``moral``, into ``tmp_path / "out"``, and returns its part of the manifest."""
    write_story_step(site, "moral")

    def run(*flags: str, data: Path | None = None) -> dict[str, Any]:
        common = ["--data-dir", str(data or samples_dir()), "--output-dir", str(tmp_path / "out"), "--step", "moral"]
        assert main(["prepare", *common, *flags]) == 0
        manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
        step: dict[str, Any] = manifest["steps"]["moral"]
        return step

    return run


def test_each_tale_is_one_line_whose_event_is_empty(tmp_path: Path, prepare: Prepare) -> None:
    files = prepare()["files"]
    lines = [line for split in ("train", "val", "test") for line in files[split]["lines"]]
    assert len({line["story"] for line in lines}) == len(lines) == 10
    assert {line["event"] for line in lines} == {""}
    texts = read_prepared(tmp_path / "out").steps["moral"].train
    assert [(text.story_id, text.event_id) for text in texts] == [(line["story"], "") for line in files["train"]["lines"]]


def test_a_tale_without_gold_is_in_the_manifest_with_file_path_and_reason(tmp_path: Path, prepare: Prepare) -> None:
    write_tale(tmp_path / "tales", make_tale("fox"))
    write_tale(tmp_path / "tales", make_tale("crow", annotations={"moral": {"moral": "Do not sing."}}))
    (skipped,) = prepare(data=tmp_path / "tales")["skipped"]
    assert skipped.items() >= {
        "file": "fox.json", "story": "fox", "event": "", "path": "$.annotations.moral", "reason": "no moral is annotated",
    }.items()  # fmt: skip


def test_empty_answers_and_retellings_can_be_left_out(tmp_path: Path, prepare: Prepare) -> None:
    for number in range(4):
        moral = {"moral": "" if number else "Do not sing."}
        write_tale(tmp_path / "tales", make_tale(f"fox{number}", annotations={"moral": moral}))
    retelling = tmp_path / "retold" / "fox0" / "fox0_gen_01.txt"
    retelling.parent.mkdir(parents=True)
    segments = [event["text_span"]["text"] for event in make_tale()["narrative_events"]]
    retelling.write_text("".join(f"{{{text} So they say.}}\n" for text in segments), encoding="utf-8")
    flags = ["--val-fraction", "0", "--test-fraction", "0", "--leaks", "off", "--summary-dropout", "1"]
    step = prepare(*flags, "--balance", "0.5", data=tmp_path / "tales")
    assert [line["story"] for line in step["files"]["train"]["lines"]].count("fox0") == 1
    assert {item["reason"] for item in step["skipped"]} == {"left out by balance: more than 0.5 of the answers would be empty"}
    step = prepare(*flags, "--retellings", str(tmp_path / "retold"), "--retelling-weight", "0", data=tmp_path / "tales")
    assert [(item["story"], item["path"], item["reason"]) for item in step["retold_skipped"]] == [
        ("fox0~gen_01", "$", "left out by retelling_weight 0")
    ]


def test_a_preview_names_the_tale_and_no_event(tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_story_step(site, "moral")
    base = save_base(tmp_path / "base", context=8192)
    assert main(["preview", "moral", "--model-name", str(base), "--no-color"]) == 0
    assert "Step moral, tale sample_" in (printed := capsys.readouterr().out)
    assert "event" not in printed.splitlines()[0]
    assert main(["preview", "moral", "--model-name", str(base), "--story", "sample_en_04_tam_lin", "--event", "e1"]) == 2
    assert "Error: Step 'moral' is asked of tales as a whole. Leave --event out." in capsys.readouterr().err


def test_it_is_trained(tmp_path: Path, site: Path) -> None:
    write_story_step(site, "moral")
    base = save_base(tmp_path / "base", context=8192)
    flags = ["--model-name", str(base), "--device", "cpu", "--max-steps", "1", "--batch-size", "2", "--max-examples", "2"]
    assert (
        main(["train", "--data-dir", str(samples_dir()), "--step", "moral", "--output-dir", str(tmp_path / "run"), *flags]) == 0
    )
    run = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert (run["steps"]["moral"]["status"], run["steps"]["moral"]["examples"]) == ("done", 2)
