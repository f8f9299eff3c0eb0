"""``ft-core evaluate`` as its user runs it: a tiny base of random weights, trained for two optimizer steps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ft_core.cli import main
from tests.engine.bases import save_base
from tests.tales import make_tale, write_tale


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("evaluate")
    base = save_base(place / "llama", "llama", context=8192)
    for name in ("ant", "bee", "cat", "dog"):
        text = f"Once upon a time there was the tale of {name}. " * 3
        source = {"language": "en", "type": "full_text", "reference_uri": "", "text_content": text}
        write_tale(place / "tales", make_tale(name, source_info=source))
    (place / "test.txt").write_text("cat\ndog", encoding="utf-8")
    where = ["--data-dir", str(place / "tales"), "--output-dir", str(place / "run"), "--test-tales", str(place / "test.txt")]
    how = ["--model-name", str(base), "--device", "cpu", "--backend", "hf", "--max-steps", "2", "--batch-size", "2"]
    more = ["--lora-r", "2", "--val-fraction", "0", "--leaks", "off", "--predicted-inputs", "0.5"]
    assert main(["train", *where, *how, *more, "--steps", "character", "action"]) == 0
    return place / "run"


def test_a_run_is_measured_and_told_as_one_document(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["evaluate", "--run", str(run), "--device", "cpu", "--limit", "2", "--json", "--no-constrain", "--sanity"]) == 0
    printed = json.loads(capsys.readouterr().out)
    report = run / "_evaluation"
    assert printed == json.loads((report / "results.json").read_text(encoding="utf-8"))
    assert [tale["id"] for tale in printed["tales"]] == ["cat", "dog"]
    assert list(printed["steps"]) == ["character", "action"]
    systems = ["majority", "tfidf", "shuffled", "base", "adapter", "adapter_unconstrained", "pipeline"]
    step = printed["steps"]["action"]
    assert [name for name in systems if name in step["systems"]] == [name for name in systems if name != "tfidf"]
    assert step["missing"] == {"tfidf": "the step has no closed list of which the training tales have two labels"}
    assert step["valid_unconstrained"] is not None
    assert "adapter - shuffled" in step["difference"]
    assert (report / "evaluation.html").is_file()


def test_the_table_fits_a_hundred_columns(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["evaluate", "--run", str(run), "--device", "cpu", "--step", "action", "--limit", "2", "--no-pipeline"]) == 0
    told = capsys.readouterr()
    assert max(map(len, told.out.splitlines())) <= 100
    assert "2 test tales of run run, 2 others left out" in told.out
    assert "most frequent" in told.out
    assert "Look at" in told.err


def test_a_folder_without_a_run_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--run", str(tmp_path)]) == 1
    assert "holds no run: it has no run.json. Name the --output-dir of ft-core train." in capsys.readouterr().err
