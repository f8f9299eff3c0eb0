"""Writing a new step: a distribution that can be installed, checked and trained as it is, and then changed."""

from __future__ import annotations

import keyword
import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template

from ft_core import __version__
from ft_core.atomic import make_folder, telling_what_to_do
from ft_core.discovery import discover_steps
from ft_core.errors import NewStepError, OutputError
from ft_core.step_info import Scope

__all__ = ["check_new_name", "write_new_step"]

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_RESERVED = {
    "core": "ft-core is the toolkit itself",
    "full_detection": "ft-full-detection is an extension of ft-core",
}
_LABELS: dict[Scope, tuple[str, str]] = {"event": ("alone", "of an event"), "story": ("villain", "of the tale")}
"""A label of the template's schema, and where a gold answer lies."""


def write_new_step(name: str, scope: Scope = "event", output_dir: str | Path = ".") -> Path:
    """Write the distribution ``ft-NAME`` into a folder of its own; nothing is overwritten.

    Args:
        name: the step's name.
        scope: whether it is asked once per event or once per tale.
        output_dir: where the folder is made.

    Returns:
        The folder.

    Raises:
        NewStepError: a step cannot have that name.
        OutputError: the folder is there already, or cannot be written.
    """
    check_new_name(name)
    folder = Path(output_dir) / _name_distribution(name)
    if folder.exists() or folder.is_symlink():
        raise OutputError(
            f"{folder} is there already, and nothing is overwritten. Choose another name or another --output-dir."
        )
    make_folder(folder.parent)
    with telling_what_to_do(folder):
        # Written beside and renamed, so that a folder that is there is whole.
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            for place, text in _render(name, scope):
                (temporary / place).parent.mkdir(parents=True, exist_ok=True)
                (temporary / place).write_text(text, encoding="utf-8")
            temporary.chmod(0o755)  # mkdtemp makes folders that only their owner may read
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return folder


def check_new_name(name: str) -> None:
    """Pass a name that a new step can have.

    Raises:
        NewStepError: it is not built as a step's name is, is a word of Python, is reserved, or is taken by what is installed.
    """
    if not _NAME.fullmatch(name):
        proposal = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        hint = f" Did you mean {proposal!r}?" if _NAME.fullmatch(proposal) else ""
        raise NewStepError(
            f"{name!r} cannot be the name of a step: it is a lower-case letter, then lower-case letters, digits and single "
            f"underscores, such as 'tale_type'.{hint}"
        )
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise NewStepError(f"{name!r} is a word of Python and cannot be the name of a step. Choose another.")
    if name in _RESERVED:
        raise NewStepError(f"{name!r} cannot be the name of a step: {_RESERVED[name]}. Choose another.")
    for entry in discover_steps():
        if entry.name == name:
            raise NewStepError(f"Step {name!r} is installed already, from {entry.provider}. Choose another name.")
    if find_spec(_name_package(name)) is not None:
        raise NewStepError(f"A package {_name_package(name)} is installed already. Choose another name.")


def _render(name: str, scope: Scope) -> Iterator[tuple[str, str]]:
    package = _name_package(name)
    label, where = _LABELS[scope]
    words = {
        "name": name,
        "package": package,
        "distribution": _name_distribution(name),
        "title": name.replace("_", " ").capitalize(),
        "scope": scope,
        "label": label,
        "where": where,
        "core_range": _find_core_range(),
    }
    for template, place in (
        ("pyproject.toml", "pyproject.toml"),
        ("README.md", "README.md"),
        ("init.py", f"{package}/__init__.py"),
        (f"hooks_{scope}.py", f"{package}/hooks.py"),
        (f"schema_{scope}.json", f"{package}/schema.json"),
        (f"test_{scope}.py", f"tests/test_{name}.py"),
    ):
        text = files("ft_core").joinpath("step_template", f"{template}.template").read_text(encoding="utf-8")
        yield place, Template(text).substitute(words)
    yield f"{package}/py.typed", ""


def _find_core_range() -> str:
    """Return the releases of ft-core that a step written for this one runs with."""
    major, minor = __version__.split(".")[:2]
    return f">={major}.{minor},<{major}.{int(minor) + 1}"


def _name_distribution(name: str) -> str:
    return f"ft-{name.replace('_', '-')}"


def _name_package(name: str) -> str:
    return f"ft_{name}"
