from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ft_core.cli import main
from ft_core.engine.run_file import RunRecord, StepRecord, write_run
from ft_core.infer.annotate import opened_answerer
from ft_core.infer.annotate.opened_answerer import OpenedAnswerer
from tests.infer.answering import HashAnswerer
from tests.tales import make_event, make_tale, write_tale


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished run of two steps, whose model is a stand-in."""
    folder = tmp_path / "run"
    records = {}
    for step, shares in (("stac", {"segment": 1.0, "summary": 0.01}), ("event_type", None)):
        (folder / step).mkdir(parents=True)
        (folder / step / "adapter_model.safetensors").write_bytes(step.encode())
        contract = {"training": {"input_shares": shares}}
        (folder / step / "contract.json").write_text(json.dumps(contract), encoding="utf-8")
        records[step] = StepRecord("done", adapter=step)
    records["action"] = StepRecord("failed", reason="no memory")
    write_run(folder, RunRecord({"name": "tiny", "revision": None}, {}, 1, steps=records))
    monkeypatch.setattr(opened_answerer, "open_answerer", lambda trained, **how: OpenedAnswerer(HashAnswerer()))
    return folder


def annotate(*words: object) -> int:
    return main(["annotate", *map(str, words)])


def test_tales_are_annotated_and_the_counts_are_shown(tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tale = write_tale(tmp_path / "in", make_tale(narrative_events=[make_event(event_type=""), make_event(2)]))
    assert annotate(tale, "--run", run, "--output-dir", tmp_path / "out") == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "step        answered  repaired  not valid  kept  not asked",
        "stac        2         0         0          0     0",
        "event_type  1         0         0          1     0",
    ]
    assert "[1/1] fox: 3 answers, 1 label kept" in printed.err
    assert "Note: stac: 'summary' is left out of the prompts, for its adapter was hardly trained with it." in printed.err
    assert f"1 tale was annotated. See {tmp_path / 'out'}." in printed.err
    assert annotate(tale, "--run", run, "--output-dir", tmp_path / "out") == 0
    assert "0 tales were annotated, 1 had been before." in capsys.readouterr().err


def test_an_output_folder_named_by_way_of_one_that_is_not_there_is_the_same(tmp_path: Path, run: Path) -> None:
    tale = write_tale(tmp_path / "in", make_tale(narrative_events=[make_event()]))
    assert annotate(tale, "--run", run, "--output-dir", tmp_path / "out") == 0
    (run / "stac" / "adapter_model.safetensors").write_bytes(b"trained again")
    assert annotate(tale, "--run", run, "--output-dir", tmp_path / "out" / "new" / "..") == 1
    assert not (tmp_path / "out" / "new").exists()


def test_tales_of_a_run_that_was_trained_again_are_left_alone(
    tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("fox", "crane"):
        (tmp_path / f"{name}.txt").write_text("It ran.", encoding="utf-8")
    words: list[Any] = ["--run", run, "--output-dir", tmp_path / "out"]
    assert annotate(tmp_path / "fox.txt", *words) == 0
    report = (tmp_path / "out" / "annotation.json").read_bytes()
    (run / "stac" / "adapter_model.safetensors").write_bytes(b"trained again")
    capsys.readouterr()
    assert annotate(tmp_path / "crane.txt", *words) == 1
    told = capsys.readouterr().err
    assert f"Error: {tmp_path / 'out'} holds 1 tale of another run than {run} is now (fox, annotated " in told
    assert "  adapter of stac: " in told
    assert "event_type" not in told
    assert (tmp_path / "out" / "annotation.json").read_bytes() == report
    assert not (tmp_path / "out" / "crane_v3.json").exists()
    assert annotate(tmp_path / "*.txt", *words, "--overwrite") == 0


def test_the_report_is_one_json_document(tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fox.txt").write_text("A fox.", encoding="utf-8")
    (tmp_path / "crane.txt").write_bytes("鹤。".encode("utf-16-le"))
    words: list[Any] = [
        tmp_path / "*.txt",
        "--run",
        run,
        "--output-dir",
        tmp_path / "out",
        "--step",
        "stac",
        "--layout",
        "tool",
        "--json",
    ]
    assert annotate(*words) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["tales"] == {"annotated": ["fox"], "finished": [], "edited": [], "refused": ["crane.txt"]}
    assert report["steps"] == {"stac": {"answered": 1, "repaired": 0, "not_valid": 0, "kept": 0, "not_asked": {}}}
    assert (tmp_path / "out" / "texts" / "fox.txt").read_text(encoding="utf-8") == "A fox."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--steps", "action"], "has no trained step 'action'. Trained: stac, event_type."),
        (["--run", "nowhere"], "nowhere holds no run: it has no run.json. Name the --output-dir of a training."),
        (["--summaries", "none.csv"], "none.csv cannot be read"),
        (["gone.txt"], "There is no file or folder gone.txt."),
    ],
)
def test_what_cannot_be_meant_is_told(
    tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    (tmp_path / "fox.txt").write_text("A fox.", encoding="utf-8")
    assert annotate(tmp_path / "fox.txt", "--run", run, "--output-dir", tmp_path / "out") == 0
    base: list[Any] = [tmp_path / "fox.txt", "--run", run, "--output-dir", tmp_path / "out"]
    code = annotate(*words, *base) if words[0].endswith(".txt") else annotate(*base, *words)
    assert code in {1, 2}
    assert told in capsys.readouterr().err


def test_a_run_without_a_trained_step_or_without_weights_is_refused(
    tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fox.txt").write_text("A fox.", encoding="utf-8")
    (run / "stac" / "adapter_model.safetensors").unlink()
    assert annotate(tmp_path / "fox.txt", "--run", run, "--output-dir", tmp_path / "out") == 1
    assert (
        "adapter_model.safetensors cannot be read: No such file or directory. Train the step again." in capsys.readouterr().err
    )
    write_run(run, RunRecord({"name": "tiny", "revision": None}, {}, 1, steps={"action": StepRecord("failed")}))
    assert annotate(tmp_path / "fox.txt", "--run", run, "--output-dir", tmp_path / "out") == 1
    assert "has no trained step. Train one, or go on with: ft-core train --resume" in capsys.readouterr().err
