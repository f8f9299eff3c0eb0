"""``ft-core check``, as annotators run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ft_core.cli import main
from ft_core.corpus.reading.samples import samples_dir
from tests.tales import make_event, make_tale, write_tale


def run_check(*arguments: str, cwd: Path, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ft_core", "check", *arguments]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, capture_output=True, check=False, env=environment, cwd=cwd, encoding="utf-8")


def write_bilingual_tale(folder: Path, name: str = "fox") -> Path:
    tie = make_event()["relationships"][0] | {"relationship_level1": "对抗与敌对(Adversarial)", "relationship_level2": "rival"}
    tale = make_tale(name, narrative_events=[make_event(relationships=[tie])])
    file = folder / f"{name}.json"
    file.write_text(json.dumps(tale, ensure_ascii=False, indent=2), encoding="utf-8")
    return file


def test_a_finding_is_a_line_that_an_editor_opens_from_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "tales").mkdir()
    lines = write_bilingual_tale(tmp_path / "tales").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "relationship_level1" in text)
    column = lines[line - 1].index('"对抗') + 1
    message = (
        "warning: bilingual-label: A label in two languages, such as 对抗与敌对(Adversarial), becomes the code book's name: "
        '"对抗与敌对(Adversarial)" → "Adversarial"\n'
    )
    for given, name in (("tales", "tales/fox.json"), ("./tales/", "tales/fox.json"), ("tales/fox.json", "tales/fox.json")):
        done = run_check(given, cwd=tmp_path)
        assert done.stdout == f"{name}:{line}:{column}: {message}"
        assert done.stderr == "0 errors and 1 warning in 1 tale: bilingual-label 1.\n"
        assert done.returncode == 0
    done = run_check("../tales", cwd=tmp_path / "tales")
    assert done.stdout.startswith("../tales/fox.json:")
    done = run_check(".", cwd=tmp_path / "tales")
    assert done.stdout.startswith("fox.json:")


def test_an_error_fails_the_command_and_a_warning_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(write_tale(tmp_path, make_tale(narrative_events=[make_event(event_type="")])))
    assert main(["check", file]) == 0
    write_tale(tmp_path, make_tale("crane", narrative_events=[make_event(event_type="VILAINY")]))
    capsys.readouterr()
    assert main(["check", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert "error: unknown-label: 'VILAINY' is no event type. Did you mean 'VILLAINY'?" in out.splitlines()[0]
    assert err == "1 error and 1 warning in 2 tales: blank-event-type 1, unknown-label 1.\n"


def test_a_tale_without_findings_prints_its_count_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tale(tmp_path, make_tale())
    assert main(["check", str(tmp_path)]) == 0
    assert capsys.readouterr() == ("", "0 errors and 0 warnings in 1 tale.\n")


def test_json_is_one_document_with_every_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_bilingual_tale(tmp_path)
    write_tale(tmp_path, make_tale(version="2.0"), "fox_v2.json")
    write_tale(tmp_path, {"sentences": []}, "fox_stac.json")
    assert main(["check", "--json", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    (finding,) = document.pop("findings")
    assert document == {
        "files": 3,
        "tales": 1,
        "counts": {"bilingual-label": 1},
        "superseded": {str(tmp_path / "fox_v2.json"): str(file)},
        "left_out": [str(tmp_path / "fox_stac.json")],
    }
    keys = ["file", "line", "column", "path", "severity", "rule", "message", "before", "after"]
    assert list(finding) == keys
    assert (finding["file"], finding["severity"], finding["rule"]) == (str(file), "warning", "bilingual-label")
    assert finding["path"] == "$.narrative_events[0].relationships[0].relationship_level1"
    assert (finding["before"], finding["after"]) == ("对抗与敌对(Adversarial)", "Adversarial")
    assert err.splitlines()[0] == "Not checked, for a later version of the tale is there: 1 tale."


def test_rules_are_switched_off_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tale(tmp_path, make_tale(narrative_events=[make_event(event_type="", agents=[" Crane"])]))
    assert main(["check", str(tmp_path), "--without-rules", "blank-event-type", "outer-spaces"]) == 0
    assert capsys.readouterr().out == ""


def test_wrong_usage_is_told_apart_from_wrong_tales(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tale(tmp_path, make_tale())
    assert main(["check", str(tmp_path), "--without-rules", "outer-space"]) == 2
    assert "'outer-space' is no rule. Did you mean 'outer-spaces'?" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["check"])
    assert caught.value.code == 2
    assert main(["check", str(tmp_path / "none")]) == 1
    assert "Error: There is no folder" in capsys.readouterr().err


def test_plausibility_is_checked_where_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tale(tmp_path, make_tale(narrative_events=[make_event(event_type="VIOLATION")]))
    assert main(["check", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["check", "--plausibility", str(tmp_path)]) == 0
    assert "plausibility-violation: A ban is broken (VIOLATION) that no earlier event sets" in capsys.readouterr().out


def test_the_same_tales_give_the_same_bytes_under_any_hash_seed(tmp_path: Path) -> None:
    runs = [run_check(str(samples_dir()), "--plausibility", "--json", cwd=tmp_path, hash_seed=seed) for seed in ("1", "2")]
    assert runs[0].stdout == runs[1].stdout
    assert json.loads(runs[0].stdout)["tales"] == 10
    assert not [each for each in json.loads(runs[0].stdout)["findings"] if each["severity"] == "error"]
