"""What is given out: wheels and source distributions of core and of every plugin, and their metadata."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import ft_core
from tests.bare_environment import make_environment
from tests.doc_page import ROOT

PROJECTS = [ROOT, *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
PACKAGES = [folder / "core" / "ft_core" if folder == ROOT else next(folder.glob("ft_*")) for folder in PROJECTS]
NEEDED = {"Operating System :: POSIX :: Linux", "Programming Language :: Python :: 3 :: Only", "Typing :: Typed"}


def name_project(folder: Path) -> str:
    return "core" if folder == ROOT else folder.name


def read_project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


each_project = pytest.mark.parametrize("folder", PROJECTS, ids=name_project)
each_plugin = pytest.mark.parametrize("folder", PROJECTS[1:], ids=name_project)


@each_project
def test_the_metadata_of_a_distribution_is_complete(folder: Path) -> None:
    project, core = read_project(folder), read_project(ROOT)
    assert set(project["classifiers"]) >= NEEDED
    for shared in ("license", "license-files", "requires-python"):
        assert project[shared] == core[shared]
    assert project["description"].endswith(".")
    assert (folder / project["readme"]).is_file()


@each_project
def test_a_distribution_brings_the_licence(folder: Path) -> None:
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@each_plugin
def test_a_plugin_takes_the_core_that_it_was_made_with_until_the_next_one(folder: Path) -> None:
    (wanted,) = [need for need in map(Requirement, read_project(folder)["dependencies"]) if need.name == "ft-core"]
    here = Version(ft_core.__version__)
    assert str(wanted.specifier) == f"<{here.major}.{here.minor + 1},>={here.major}.{here.minor}"
    assert wanted.specifier.contains(here)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, tuple[Path, Path]]:
    """Build everything as ``make dist`` does; for each project's folder, its wheel and its source distribution."""
    return {folder: build(folder, tmp_path_factory.mktemp("dist")) for folder in PROJECTS}


def build(folder: Path, output: Path, *flags: str) -> tuple[Path, Path]:
    words = [sys.executable, "-m", "build", "--no-isolation", *flags, "--outdir", str(output), str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(output.glob("*.whl")), next(output.glob("*.tar.gz"), output)


def read_wheel(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def read_metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_bytes(archive.read(name))


def test_a_wheel_holds_the_whole_package_and_nothing_else(built: dict[Path, tuple[Path, Path]]) -> None:
    for folder, (wheel, _) in built.items():
        package = PACKAGES[PROJECTS.index(folder)]
        files = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        held = {name for name in read_wheel(wheel) if ".dist-info/" not in name}
        assert held == {path.relative_to(package.parent).as_posix() for path in files}
        assert f"{package.name}/py.typed" in held


def test_the_wheel_of_core_has_the_files_that_are_read_at_run_time(built: dict[Path, tuple[Path, Path]]) -> None:
    held = set(read_wheel(built[ROOT][0]))
    assert held >= {"ft_core/corpus/reading/v3.schema.json", "ft_core/corpus/reporting/report.css"}
    assert sum(name.startswith("ft_core/samples/") for name in held) == 10


def test_a_source_distribution_builds_the_wheel_that_the_repository_builds(
    built: dict[Path, tuple[Path, Path]], tmp_path: Path
) -> None:
    for folder, (wheel, _) in built.items():  # that wheel was built from the source distribution
        ours, _ = build(folder, tmp_path / name_project(folder), "--wheel")
        assert read_wheel(ours) == read_wheel(wheel)


def test_built_metadata_tells_licence_and_requirements(built: dict[Path, tuple[Path, Path]]) -> None:
    for folder, (wheel, source) in built.items():
        metadata = read_metadata(wheel)
        assert (metadata["Version"], metadata["License-Expression"]) == (read_project(folder)["version"], "Apache-2.0")
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in read_wheel(wheel))
        with tarfile.open(source) as archive:
            assert any(member.name.endswith("/LICENSE") and member.isfile() for member in archive)
        assert (metadata.get_payload() or "").strip(), "the README is its description"


def test_built_wheels_work_with_nothing_but_what_they_declare(built: dict[Path, tuple[Path, Path]], tmp_path: Path) -> None:
    programs = make_environment(tmp_path / "environment", [wheel for wheel, _ in built.values()])
    steps = json.loads(run(programs, tmp_path, "steps", "--json"))
    assert {step["name"]: step["broken"] for step in steps} == {
        name: None for folder in built for name in read_project(folder).get("entry-points", {}).get("ft_core.steps", {})
    }
    (tmp_path / "tales").symlink_to(ROOT / "core" / "ft_core" / "samples")
    report = json.loads(run(programs, tmp_path, "prepare", "--data-dir", "tales", "--output-dir", "prepared", "--json"))
    assert report["steps"]["stac"]["examples"] == 85


def run(programs: Path, folder: Path, *words: str) -> str:
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
    done = subprocess.run([programs / "ft-core", *words], cwd=folder, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
