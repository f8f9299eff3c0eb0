from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from ft_core.engine.doctor.installed import find_version, has_training_stack
from ft_core.engine.doctor.library import check_libraries, check_python, check_torchvision
from ft_core.engine.tested_versions import TESTED_LIBRARIES, TESTED_PYTHONS
from ft_core.engine.unsloth_stack import INSTALL_LINES
from tests.test_lock import read_lock, read_project

ROOT = Path(__file__).resolve().parents[3]
TESTED = {library.name: library.versions[0] for library in TESTED_LIBRARIES}
EXTRA = read_project(ROOT / "pyproject.toml")["optional-dependencies"]["train"]
SITE = ("torchvision", "raise RuntimeError('operator torchvision::nms does not exist')\n")


def test_the_first_tested_version_is_the_one_in_the_lock() -> None:
    lock = read_lock()
    assert {name: lock[name.replace("_", "-")] for name in TESTED} == TESTED


def test_the_ranges_are_those_of_the_extra_and_every_library_of_the_extra_is_tested() -> None:
    declared = {each.name: each.specifier for each in map(Requirement, EXTRA)}
    ours = {library.name: SpecifierSet(library.allowed) for library in TESTED_LIBRARIES}
    assert {name: ours[name] for name in declared} == declared
    assert set(ours) - set(declared) == {"unsloth", "unsloth_zoo"}


@pytest.mark.parametrize("library", TESTED_LIBRARIES, ids=lambda library: library.name)
def test_what_was_tested_is_within_the_range(library: object) -> None:
    assert all(SpecifierSet(library.allowed).contains(version) for version in library.versions)  # type: ignore[attr-defined]


def test_the_install_lines_and_the_classifiers_name_what_was_tested() -> None:
    assert f"unsloth=={TESTED['unsloth']} unsloth_zoo=={TESTED['unsloth_zoo']}" in INSTALL_LINES
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["classifiers"]
    versions = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("Programming Language :: Python :: 3.")]
    assert tuple(versions) == TESTED_PYTHONS


def test_the_tested_versions_are_all_well() -> None:
    found = list(check_libraries(TESTED.get))
    assert [finding.status for finding in found] == ["ok"] * len(TESTED)


@pytest.mark.parametrize(
    ("name", "version", "status", "text", "remedy"),
    [
        ("torch", "2.11.0", "ok", "2.11.0", ""),
        (
            "torch",
            "2.9.1",
            "note",
            "2.9.1, allowed; tested is 2.13.0 and 2.11.0",
            "should training fail: pip install torch==2.13.0",
        ),
        ("trl", "1.16.0", "problem", "1.16.0 is outside >=1.10,<=1.15.0; tested is 1.15.0", 'pip install "ft-core[train]"'),
        ("peft", None, "problem", "not installed; LoRA adapters", 'pip install "ft-core[train]"'),
        (
            "unsloth",
            "2026.10.7",
            "problem",
            "2026.10.7 is outside >=2026.10.9; tested is 2026.10.9",
            "pip install --no-deps unsloth==2026.10.9 unsloth_zoo==2026.10.9",
        ),
        (
            "unsloth_zoo",
            "2026.11.1",
            "note",
            "2026.11.1, allowed; tested is 2026.10.9",
            "should training fail: pip install --no-deps unsloth_zoo==2026.10.9",
        ),
    ],
)
def test_another_version_is_judged_by_the_range(name: str, version: str | None, status: str, text: str, remedy: str) -> None:
    (found,) = [each for each in check_libraries((TESTED | {name: version}).get) if each.name == name]
    assert (found.status, found.text, found.remedy) == (status, text, remedy)


def test_without_the_training_stack_there_is_one_note_with_the_line_that_installs_it() -> None:
    (found,) = check_libraries({"pillow": "13.0.0"}.get)
    assert found.status == "note"
    assert "preparing tales work without it" in found.text
    assert found.remedy == f"to train: {INSTALL_LINES.replace(chr(10), ' && ')}"
    assert "\n" not in found.remedy


def test_python_is_compared_with_the_tested_versions() -> None:
    assert [each.status for version in ("3.11.9", "3.12.1", "3.13.0") for each in check_python(version)] == ["ok", "ok", "note"]


def test_the_version_of_a_local_build_is_cut(site: Path) -> None:
    folder = site / "acme_build-2.1.0+cpu.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-build\nVersion: 2.1.0+cpu\n", encoding="utf-8")
    assert find_version("acme-build") == "2.1.0"
    assert find_version("acme-other") is None
    assert has_training_stack()


def test_torchvision_that_breaks_at_its_import_is_a_problem(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(check_torchvision()) == []
    (site / f"{SITE[0]}.py").write_text(SITE[1], encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(site))
    (found,) = check_torchvision()
    assert (found.status, found.remedy) == ("problem", "pip uninstall torchvision")
    assert found.text.endswith("RuntimeError: operator torchvision::nms does not exist")


def test_torchvision_that_can_be_imported_is_well(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site / "torchvision.py").write_text("", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(site))
    assert [each.status for each in check_torchvision()] == ["ok"]
