"""``ft-core prepare``, as its user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ft_core.cli import main
from ft_core.corpus.reading.samples import samples_dir
from tests.distributions import write_step

STEPS = ["action", "character", "event_type", "instrument", "relationship", "stac"]


def run_prepare(*arguments: str, hash_seed: str = "0", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ft_core", "prepare", *arguments]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=cwd)


def read_folder(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_named_steps_are_written_with_exactly_three_keys_a_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["prepare", "--data-dir", str(samples_dir()), "--output-dir", str(out), "--steps", "character", "action"]) == 0
    names = {f"{step}_{split}.jsonl" for step in ("character", "action") for split in ("train", "val", "test")}
    assert {path.name for path in out.iterdir()} == names | {"manifest.json", "report.html", "report.json"}
    for name in names:
        for line in (out / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert list(row) == ["instruction", "input", "output"]
            assert row["input"] == ""
            assert next(iter(json.loads(row["output"]))) in {"doers", "category"}


def test_all_installed_steps_are_prepared_where_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", "--data-dir", str(samples_dir()), "--output-dir", str(tmp_path / "out"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert sorted(report["steps"]) == STEPS
    assert report["stories"] == {"read": 10, "refused": 0, "superseded": 0}
    for step in report["steps"].values():
        assert step["examples"] + sum(step["skipped"].values()) == report["events"] == 85
        assert sum(step["split"].values()) == step["examples"]
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8")) == report


def test_the_bytes_do_not_depend_on_the_hash_seed_or_the_working_folder(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        data, out = str(samples_dir()), str(tmp_path / f"out{seed}")
        done = run_prepare("--data-dir", data, "--output-dir", out, hash_seed=seed, cwd=tmp_path / seed)
        assert done.returncode == 0, done.stderr
    assert read_folder(tmp_path / "out1") == read_folder(tmp_path / "out2")


@pytest.mark.corpus
def test_the_indian_tales_give_the_same_bytes_under_two_hash_seeds(tmp_path: Path, corpus: Path) -> None:
    data, steps = str(corpus / "IndianTales" / "json_v3"), ("character", "relationship", "action")
    for seed in ("1", "2"):
        done = run_prepare("--data-dir", data, "--output-dir", str(tmp_path / seed), "--steps", *steps, hash_seed=seed)
        assert done.returncode == 0, done.stderr
        assert "action: " in done.stdout
        assert "no action type is annotated" in done.stdout
    assert read_folder(tmp_path / "1") == read_folder(tmp_path / "2")


def test_a_tale_that_cannot_be_read_is_told_and_fails_the_command_unless_it_is_to_keep_going(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "tales"
    data.mkdir()
    for path in samples_dir().glob("*_en_*.json"):
        (data / path.name).write_bytes(path.read_bytes())
    (data / "a.json").write_text('{"version": "3.0", ', encoding="utf-8")
    (data / "b.json").write_text('{"version": "7.0"}', encoding="utf-8")
    arguments = ["prepare", "--data-dir", str(data), "--output-dir", str(tmp_path / "out"), "--step", "action"]
    assert main(arguments) == 1
    printed = capsys.readouterr()
    assert "Tales: 6 read, 2 refused" in printed.out
    assert "Refused: a.json: $: " in printed.err
    assert "Refused: b.json: $.version: " in printed.err
    assert "accept this with --keep-going" in printed.err
    assert main([*arguments, "--keep-going"]) == 0


def test_a_folder_without_tales_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", "--data-dir", str(tmp_path), "--output-dir", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.startswith("Error: ")


def test_an_unknown_step_is_wrong_usage_and_the_nearest_one_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["prepare", "--data-dir", str(samples_dir()), "--output-dir", str(tmp_path), "--steps", "stak"]
    assert main(arguments) == 2
    assert "Error: No step 'stak' is installed. Did you mean 'stac'?" in capsys.readouterr().err


def test_steps_by_name_and_all_of_them_are_not_to_be_asked_for_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["prepare", "--data-dir", str(samples_dir()), "--output-dir", str(tmp_path), "--step", "stac"]
    assert main([*arguments, "--all-installed"]) == 2
    assert "Say which steps: --steps a b c, --step a, or --all-installed (and not both)." in capsys.readouterr().err


def test_a_broken_step_is_left_out_of_all_with_its_reason_and_fails_the_command(
    tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_step(site, "moral", hooks="raise RuntimeError('no morals')")
    out = tmp_path / "out"
    assert main(["prepare", "--data-dir", str(samples_dir()), "--output-dir", str(out)]) == 1
    assert "A broken step is left out. Step 'moral': acme_moral of acme-moral 1.0" in (told := capsys.readouterr().err)
    assert " To take it away: pip uninstall acme-moral\n" in told
    assert (out / "action_train.jsonl").exists()
    assert main(["prepare", "--data-dir", str(samples_dir()), "--output-dir", str(out), "--step", "action"]) == 0


def test_a_broken_step_that_is_named_is_its_own_error(tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_step(site, "moral", hooks="raise RuntimeError('no morals')")
    assert main(["prepare", "--data-dir", str(samples_dir()), "--output-dir", str(tmp_path), "--step", "moral"]) == 1
    assert "RuntimeError: no morals" in capsys.readouterr().err


def test_no_connection_is_attempted(tmp_path: Path) -> None:
    guard = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('a connection was attempted')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from ft_core.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    arguments = ["prepare", "--data-dir", str(samples_dir()), "--output-dir", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-c", guard, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
