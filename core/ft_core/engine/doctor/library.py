"""Checks of Python and of the libraries that training needs, against what was tested."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec

from ft_core import __version__
from ft_core.engine.doctor.finding import Finding
from ft_core.engine.doctor.installed import find_version
from ft_core.engine.tested_versions import TESTED_LIBRARIES, TESTED_PYTHONS, TestedLibrary
from ft_core.engine.unsloth_stack import INSTALL_LINES

__all__ = ["check_libraries", "check_python", "check_torchvision"]

_OURS, _UNSLOTH = INSTALL_LINES.splitlines()
_IMPORT_SECONDS = 120


def check_python(running: str = platform.python_version()) -> Iterator[Finding]:
    """Compare Python's version with the tested ones."""
    where = f"Python {running} with ft-core {__version__}"
    if running.rpartition(".")[0] in TESTED_PYTHONS:
        yield Finding("python", "ok", where)
    else:
        remedy = f"should something fail, make an environment with Python {TESTED_PYTHONS[-1]}"
        yield Finding("python", "note", f"{where}; tested are {' and '.join(TESTED_PYTHONS)}", remedy)


def check_libraries(find: Callable[[str], str | None] = find_version) -> Iterator[Finding]:
    """Compare the libraries' versions with the tested ones.

    Args:
        find: returns the version of an installed distribution, or None.
    """
    if not (find("torch") or find("unsloth")):
        text = "not installed; checking and preparing tales work without it, training and asking a model do not"
        yield Finding("training stack", "note", text, f"to train: {' && '.join((_OURS, _UNSLOTH))}")
        return
    for library in TESTED_LIBRARIES:
        yield _compare(library, find(library.name))


def check_torchvision() -> Iterator[Finding]:
    """Try torchvision where it is installed: transformers imports it, and a build that does not fit breaks the import."""
    if find_spec("torchvision") is None:
        return
    # In a process of its own: half an import would stay in this one.
    command = [sys.executable, "-c", "import torchvision"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_IMPORT_SECONDS, check=False)
    if done.returncode == 0:
        yield Finding("torchvision", "ok", f"{find_version('torchvision') or '?'}, not needed, can be imported")
    else:
        said = (done.stderr.strip() or "no message").splitlines()[-1]
        text = f"it is not needed, cannot be imported, and takes transformers with it: {said}"
        yield Finding("torchvision", "problem", text, "pip uninstall torchvision")


def _compare(library: TestedLibrary, found: str | None) -> Finding:
    name, tested = library.name, " and ".join(library.versions)
    if found is None:
        return Finding(name, "problem", f"not installed; {library.purpose}", _tell_install(library))
    if found in library.versions:
        return Finding(name, "ok", found)
    from packaging.specifiers import SpecifierSet

    if SpecifierSet(library.allowed).contains(found, prereleases=True):
        remedy = f"should training fail: pip install {_no_deps(library)}{name}=={library.versions[0]}"
        return Finding(name, "note", f"{found}, allowed; tested is {tested}", remedy)
    return Finding(name, "problem", f"{found} is outside {library.allowed}; tested is {tested}", _tell_install(library))


def _tell_install(library: TestedLibrary) -> str:
    return _UNSLOTH if library.name.startswith("unsloth") else _OURS


def _no_deps(library: TestedLibrary) -> str:
    return "--no-deps " if library.name.startswith("unsloth") else ""
