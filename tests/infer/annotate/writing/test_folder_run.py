from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ft_core.errors import OutputError, RunMismatchError
from ft_core.infer.annotate.writing.folder_run import check_folder
from ft_core.infer.annotate.writing.origin_change import describe_changes, describe_run_changes
from tests.infer.annotate.annotators import make_annotator, make_run
from tests.infer.answering import HashAnswerer

FIRST, SECOND = (
    make_run(["stac", "event_type"], folder=Path(f"run_{mark}"), adapters={"stac": f"{mark}1", "event_type": f"{mark}2"})
    for mark in "ab"
)


def write_texts(folder: Path, *names: str) -> list[str]:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.txt").write_text(f"The {name} ran on.", encoding="utf-8")
    return [str(folder / f"{name}.txt") for name in names]


def read_bytes(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_with_tales_of_another_run_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    out, answerer = tmp_path / "out", HashAnswerer()
    make_annotator(out, run=FIRST).annotate(write_texts(tmp_path, "fox"))
    before = read_bytes(out)
    with pytest.raises(RunMismatchError) as refusal:
        make_annotator(out, run=SECOND, answerer=answerer).annotate(write_texts(tmp_path, "crane", "fox"))
    day = json.loads((out / "provenance" / "fox_provenance.json").read_text(encoding="utf-8"))["time"][:10]
    assert str(refusal.value) == (
        f"{out} holds 1 tale of another run than run_b is now (fox, annotated {day}):\n"
        "  adapter of stac: a1 then, b1 now\n"
        "  adapter of event_type: a2 then, b2 now\n"
        "Nothing was written. Choose another --output-dir for this run, or give --overwrite, which annotates the tales that "
        "you name again and replaces what is there of them."
    )
    assert (read_bytes(out), answerer.batches) == (before, [])


def test_overwrite_annotates_what_is_named_again_and_tells_which_tales_of_another_run_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    make_annotator(out, run=FIRST).annotate(write_texts(tmp_path, "ant", "bee", "cow", "dog", "fox"))
    report = make_annotator(out, run=SECOND, overwrite=True).annotate(write_texts(tmp_path, "fox"))
    assert report.annotated == ["fox"]
    assert report.notes == [
        f"{out} keeps tales of another run that this call does not annotate again: ant, bee, cow and 1 more"
    ]
    others = make_annotator(out, run=SECOND, overwrite=True).annotate(write_texts(tmp_path, "ant", "bee", "cow", "dog"))
    assert others.notes == []
    assert make_annotator(out, run=SECOND).annotate(write_texts(tmp_path, "ant", "fox")).finished == ["ant", "fox"]


def test_a_folder_may_have_some_tales_with_these_and_others_with_those_steps_of_a_run(tmp_path: Path) -> None:
    out, part = tmp_path / "out", make_run(["stac"], adapters={"stac": "a1"})
    make_annotator(out, run=FIRST).annotate(write_texts(tmp_path, "fox"))
    assert make_annotator(out, run=part).annotate(write_texts(tmp_path, "crane")).annotated == ["crane"]


def test_another_base_model_is_another_run(tmp_path: Path) -> None:
    make_annotator(tmp_path, run=FIRST).annotate(write_texts(tmp_path / "in", "fox"))
    with pytest.raises(RunMismatchError, match="\n  base model: tiny then, huge now\n"):
        check_folder(tmp_path, replace(FIRST, base="huge"), "flat")
    assert check_folder(tmp_path, replace(FIRST, base="huge"), "flat", ["fox"]) == []


def test_another_version_of_a_step_is_another_run() -> None:
    old, new = ({"base": "tiny", "steps": {"stac": f"ft-stac {version}"}} for version in (1, 2))
    assert describe_run_changes(old, new) == ["version of stac: ft-stac 1 then, ft-stac 2 now"]


def test_what_is_no_provenance_says_nothing_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "provenance").mkdir()
    for name, text in (("a", "[]"), ("b", "{"), ("c", '{"made_from": 3}'), ("d", '{"made_from": {"run": [1]}}')):
        (tmp_path / "provenance" / f"{name}_provenance.json").write_text(text, encoding="utf-8")
    assert check_folder(tmp_path, FIRST, "flat") == []


def test_hashes_are_told_by_their_first_digits_and_what_is_not_there_as_none() -> None:
    old = {"run": {"adapters": {"stac": "0123456789abcdef" * 4}, "left_out_inputs": {"stac": []}}}
    new = {"run": {"adapters": {"stac": "fedcba9876543210" * 4}, "left_out_inputs": {"stac": ["summary"]}}, "summary": "c3"}
    assert describe_changes(old, new) == [
        "its summary in the CSV files was changed",
        "adapter of stac: 0123456789ab then, fedcba987654 now",
        "inputs left out of stac: none then, summary now",
    ]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_in_another_layout_is_refused_before_anything_is_written(tmp_path: Path, overwrite: bool) -> None:
    out = tmp_path / "out"
    make_annotator(out, run=FIRST).annotate(write_texts(tmp_path, "fox"))
    before = read_bytes(out)
    again = make_annotator(out, run=FIRST, overwrite=overwrite, layout="tool")
    with pytest.raises(OutputError, match="holds fox in the layout 'flat', which has other files than 'tool'.*--layout flat"):
        again.annotate(write_texts(tmp_path, "fox", "crane"))
    assert read_bytes(out) == before
