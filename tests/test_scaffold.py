"""``ft-core new``: names that a step can have, nothing overwritten, and a step that works as it is."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from ft_core.cli import main
from ft_core.errors import NewStepError, OutputError
from ft_core.scaffold import check_new_name, write_new_step
from tests.distributions import write_step
from tests.wheels import ROOT, build_wheel, install_wheels, run_installed


@pytest.mark.parametrize("name", ["sentiment", "tale_type", "a1", "motif_2_b"])
def test_a_name_of_lower_case_letters_digits_and_underscores_is_taken(name: str) -> None:
    check_new_name(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Tale-Type", "'Tale-Type' cannot be the name of a step: it is a lower-case letter, then lower-case letters, digits"),
        ("Tale-Type", "digits and single underscores, such as 'tale_type'. Did you mean 'tale_type'?"),
        ("../evil", "Did you mean 'evil'?"),
        ("a__b", "Did you mean 'a_b'?"),
        ("_data", "Did you mean 'data'?"),
        ("2nd", "'2nd' cannot be the name of a step: it is a lower-case letter, then lower-case letters, digits and single"),
        ("", "'' cannot be the name of a step"),
        ("寓意", "'寓意' cannot be the name of a step"),
        ("class", "'class' is a word of Python and cannot be the name of a step. Choose another."),
        ("match", "'match' is a word of Python"),
        ("core", "'core' cannot be the name of a step: ft-core is the toolkit itself. Choose another."),
    ],
)  # fmt: skip
def test_a_name_that_a_step_cannot_have_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(NewStepError) as caught:
        write_new_step(name, output_dir=tmp_path)
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_an_installed_step_or_package_is_refused(tmp_path: Path, site: Path) -> None:
    write_step(site, "moral", version="2.1")
    with pytest.raises(NewStepError, match=r"Step 'moral' is installed already, from acme-moral 2\.1\. Choose another name\."):
        write_new_step("moral", output_dir=tmp_path)
    (site / "ft_motif.py").write_text("", encoding="utf-8")
    with pytest.raises(NewStepError, match=r"A package ft_motif is installed already\. Choose another name\."):
        write_new_step("motif", output_dir=tmp_path)


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_nothing_is_overwritten(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "ft-sentiment"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine", encoding="utf-8")
    else:
        place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match="ft-sentiment is there already, and nothing is overwritten. Choose another name"):
        write_new_step("sentiment", output_dir=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ft-sentiment"]
    assert kind != "file" or place.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_is_told_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        write_new_step("sentiment", output_dir=tmp_path / "file")


def test_what_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OutputError, match="free some space"):
        write_new_step("sentiment", output_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_step_is_written_with_its_name_in_every_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "tale_type", "--scope", "story", "--output-dir", str(tmp_path / "made"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    folder = tmp_path / "made" / "ft-tale-type"
    assert told == {
        "step": "tale_type",
        "scope": "story",
        "folder": str(folder),
        "files": [
            "README.md", "ft_tale_type/__init__.py", "ft_tale_type/hooks.py", "ft_tale_type/py.typed",
            "ft_tale_type/schema.json", "pyproject.toml", "tests/test_tale_type.py",
        ],
    }  # fmt: skip
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"] == {"ft_core.steps": {"tale_type": "ft_tale_type.hooks"}}
    major, minor = version("ft-core").split(".")[:2]
    assert project["dependencies"] == [f"ft-core>={major}.{minor},<{major}.{int(minor) + 1}"]
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()]
    assert not any("$package" in text or "$name" in text for text in texts)


def test_the_command_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "sentiment"]) == 0
    printed = capsys.readouterr().out
    assert "Wrote ./ft-sentiment, a step that works as it is. What to do:\n  pip install -e ./ft-sentiment\n" in printed
    assert "  ft-core steps --check sentiment\n" in printed
    assert main(["new", "sentiment"]) == 1
    assert "Error: ft-sentiment is there already" in capsys.readouterr().err


def write_both(folder: Path) -> list[str]:
    """Write a step of each scope, and return their packages and tests."""
    made = [write_new_step("sentiment", "event", folder), write_new_step("ending", "story", folder)]
    return [str(place) for each in made for place in (*each.glob("ft_*"), each / "tests")]


def run_tool(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_written_passes_ruff(tmp_path: Path) -> None:
    places, config = write_both(tmp_path), str(ROOT / "pyproject.toml")
    run_tool("ruff", "format", "--check", "--no-cache", "--config", config, *places)
    run_tool("ruff", "check", "--no-cache", "--config", config, "--ignore", "D103,S101", *places)


@pytest.mark.slow
def test_what_is_written_passes_mypy(tmp_path: Path) -> None:
    places, cache = write_both(tmp_path), str(tmp_path / "cache")
    run_tool("mypy", "--strict", "--config-file", "", "--cache-dir", cache, "--follow-imports", "silent", *places)


@pytest.mark.parametrize("scope", ["event", "story"])
def test_a_new_step_is_installed_listed_checked_and_passes_its_own_test(tmp_path: Path, scope: str) -> None:
    folder = write_new_step("sentiment", scope, tmp_path)  # type: ignore[arg-type]
    site = tmp_path / "site"
    install_wheels([build_wheel(folder, tmp_path / "dist")], site)
    listed = run_installed(site, "ft_core", "steps", "--json", cwd=tmp_path)
    rows = {row["name"]: row for row in json.loads(listed.stdout)}
    assert (rows["sentiment"]["distribution"], rows["sentiment"]["broken"]) == ("ft-sentiment", None)
    assert rows["sentiment"]["scope"] == scope
    tested = run_installed(
        site, "pytest", "-q", "-p", "ft_core.testing.pytest_plugin", "-p", "no:cacheprovider", str(folder), cwd=folder
    )
    assert "2 passed" in tested.stdout, tested.stdout + tested.stderr
    checked = run_installed(site, "ft_core", "steps", "--check", "sentiment", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
