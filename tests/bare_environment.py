"""A virtual environment with built wheels and what they declare to need, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def make_environment(folder: Path, wheels: Iterable[Path]) -> Path:
    """Make the environment and return the folder of its programs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    programs = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", *map(str, wheels)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    link_libraries(site, collect_requirements("ft-core"))
    return programs


def collect_requirements(name: str) -> set[str]:
    """Return the libraries that a distribution needs, and those that they need, without extras."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for line in distribution(waiting.pop()).requires or ():
            needed = Requirement(line)
            key = canonicalize_name(needed.name)
            if key not in found and (needed.marker is None or needed.marker.evaluate({"extra": ""})):
                found.add(key)
                waiting.append(key)
    return found


def link_libraries(site: Path, names: Iterable[str]) -> None:
    """Lend libraries of this environment to another one of the same Python."""
    for name in names:
        library = distribution(name)
        for top in {path.parts[0] for path in library.files or () if path.parts[0] not in {"..", "__pycache__"}}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(library.locate_file(top))))
