"""Building distributions as wheels and installing them into a folder, without a network."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["ROOT", "build_wheel", "install_wheels", "run_installed"]

ROOT = Path(__file__).resolve().parents[1]


def build_wheel(project: Path, folder: Path) -> Path:
    """Build a project's wheel; what it builds with is installed already, so nothing is fetched."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    name = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    (wheel,) = folder.glob(f"{name.replace('-', '_')}-*.whl")
    return wheel


def install_wheels(wheels: Sequence[Path], site: Path) -> None:
    """Install wheels, without what they depend on, into a folder that is to stand on ``sys.path``."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
    done = subprocess.run([*command, "--target", str(site), *map(str, wheels)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def run_installed(
    site: Path, *arguments: str, cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m ...`` with the folder first on the path; the repository's own sources come after it."""
    path = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    # Whether the pytest plugin is installed depends on who runs the tests: where it is wanted, it is named.
    variables = os.environ | {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **(environment or {})}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=variables)
