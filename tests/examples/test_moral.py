"""The step of a third party under ``examples/plugins/moral``: small, installed from its wheel, and used."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ft_core.cli import main
from ft_core.corpus.reading.samples import samples_dir
from ft_core.engine.tiny_model import write_tiny_model
from tests.distributions import imports_forgotten
from tests.wheels import ROOT, build_wheel, install_wheels, run_installed

PROJECT = ROOT / "examples" / "plugins" / "moral"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed."""
    folder = tmp_path_factory.mktemp("moral")
    install_wheels([build_wheel(PROJECT, folder / "dist")], folder / "site")
    return folder / "site"


def test_it_is_less_than_sixty_lines_of_python() -> None:
    lines = [line for path in PROJECT.rglob("*.py") for line in path.read_text(encoding="utf-8").splitlines()]
    assert 0 < len(lines) < 60


def test_it_builds_on_public_names_only() -> None:
    imports = [
        line
        for path in PROJECT.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    ]
    assert {line.split()[1] for line in imports} == {"ft_core", "ft_core.testing"}
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"] == ["ft-core>=0.1,<0.2"]


def test_it_passes_its_own_tests_and_the_check(site: Path, tmp_path: Path) -> None:
    flags = ["-q", "-p", "ft_core.testing.pytest_plugin", "-p", "no:cacheprovider"]
    tested = run_installed(site, "pytest", *flags, str(PROJECT), cwd=PROJECT)
    assert "2 passed" in tested.stdout, tested.stdout + tested.stderr
    checked = run_installed(site, "ft_core", "steps", "--check", "moral", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    assert "10 examples of 10 questions in 10 tales" in checked.stdout


@pytest.fixture
def imported(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder, first on this process's path; what was imported from it is forgotten afterwards."""
    monkeypatch.syspath_prepend(str(site))
    with imports_forgotten("ft_moral"):
        yield site


@pytest.mark.usefixtures("own_log")
def test_it_is_prepared_and_trained_with_the_sample_tales(
    imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, base = str(samples_dir()), str(write_tiny_model(tmp_path / "base"))
    done = run_installed(
        imported, "ft_core", "prepare", "--data-dir", data, "--output-dir", "out", "--step", "moral", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    (line, *_) = (tmp_path / "out" / "moral_train.jsonl").read_text(encoding="utf-8").splitlines()
    row = json.loads(line)
    assert row["instruction"].startswith("You read a folktale. Say in one sentence")
    assert list(json.loads(row["output"])) == ["moral"]
    flags = ["--model-name", base, "--device", "cpu", "--max-steps", "1", "--batch-size", "2", "--max-examples", "2"]
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--prepared", "out", "--step", "moral", "--output-dir", "run", *flags]) == 0
    run = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert run["steps"]["moral"]["status"] == "done"
    assert (tmp_path / "run" / "moral" / "adapter_model.safetensors").is_file()
