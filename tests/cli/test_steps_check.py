"""``ft-core steps --check``, as its user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ft_core.cli import main, steps_check
from tests.distributions import write_step, write_story_step
from tests.tales import make_event, make_tale, write_tale


@pytest.fixture
def tales(tmp_path: Path) -> str:
    event = make_event(annotations={"moral": {"moral": "Lend."}})
    for name in ("fox", "crow"):
        write_tale(tmp_path / "tales", make_tale(name, narrative_events=[event]))
    return str(tmp_path / "tales")


def test_a_step_that_keeps_its_contract_is_done_with_one_line_a_check(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_story_step(site, "moral")
    assert main(["steps", "--check", "moral"]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0] == "moral"
    assert lines[2] == "  passed   examples    10 examples of 10 questions in 10 tales"
    assert {line.split()[0] for line in lines[1:]} == {"passed"}
    assert printed.err == "1 step checked: everything passed.\n"


def test_a_finding_fails_the_command_and_says_what_to_change(
    site: Path, tales: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_step(site, "moral", extra="SCHEMA['required'] = []\n")
    assert main(["steps", "--check", "moral", "--data-dir", tales]) == 1
    printed = capsys.readouterr()
    assert "  FAILED   refusal     an answer without $.moral passes. Name the key in required;" in printed.out
    assert printed.err == "1 step checked: 1 finding; each line says what to change.\n"


def test_json_has_one_document_for_all_named_steps_broken_ones_too(
    site: Path, tales: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_step(site, "moral")
    write_step(site, "motif", hooks="raise RuntimeError('no index')")
    assert main(["steps", "--check", "moral", "motif", "--data-dir", tales, "--json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert list(rows[0]) == ["step", "check", "status", "message"]
    assert {row["step"]: row["status"] for row in rows} == {"moral": "passed", "motif": "failed"}


def test_without_a_name_every_installed_step_is_checked(
    site: Path, tales: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_step(site, "moral")
    write_step(site, "motif", hooks="raise RuntimeError('no index')")
    monkeypatch.setattr("ft_core.cli.steps.load_steps", lambda: _load_only(site))
    assert main(["steps", "--check", "--data-dir", tales]) == 1
    printed = capsys.readouterr()
    assert [line for line in printed.out.splitlines() if not line.startswith(" ")] == ["moral", "motif"]
    assert printed.err == "2 steps checked: 1 finding; each line says what to change.\n"


def _load_only(site: Path) -> object:
    from ft_core.step import load_steps

    return load_steps([str(site)])


def test_usage_that_cannot_be_meant_is_told(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["steps", "--check", "morl"]) == 2
    assert "No step 'morl' is installed" in capsys.readouterr().err
    assert main(["steps", "--data-dir", str(tmp_path)]) == 2
    assert "--data-dir names the tales that steps are checked with; give it with --check." in capsys.readouterr().err


def test_no_step_at_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert steps_check  # imported while it can be: the path is empty from here on
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert main(["steps", "--check"]) == 2
    assert "No step is installed. Install one, for instance: pip install ./plugins/stac" in capsys.readouterr().err
