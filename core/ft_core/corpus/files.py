"""Which files of the data folders may be tales, and by what name they go."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ft_core.errors import NoTalesError

__all__ = ["TaleFile", "find_tale_files"]


@dataclass(frozen=True, slots=True)
class TaleFile:
    """A file that may hold a tale; ``source`` names it the same on every machine."""

    source: str
    path: Path


def find_tale_files(data_dirs: Sequence[str | Path]) -> list[TaleFile]:
    """Find every ``*.json`` file in some folders and the folders below them, sorted by name, each file once.

    Hidden files (``.name``) are no tales: some systems leave them beside every file. A file is named relative to its
    folder, or to the nearest folder that holds all of them where several are given.

    Args:
        data_dirs: folders, or single files.

    Raises:
        NoTalesError: a folder is not there, or no file was found.
    """
    places = [Path(os.path.abspath(each)) for each in data_dirs]  # not resolved: a link goes by its own name
    for given, place in zip(data_dirs, places, strict=True):
        if not place.exists():
            raise NoTalesError(f"There is no folder {given}. Give the folder of the annotated tales, such as corpus/json_v3.")
    root = Path(os.path.commonpath([place if place.is_dir() else place.parent for place in places]))
    files = sorted((_name(path, root), path) for place in places for path in _list_files(place))
    if not files:
        listed = ", ".join(map(str, data_dirs))
        raise NoTalesError(f"No tale was found: {listed} holds no *.json file, not even in a folder below it.")
    first_names: dict[Path, TaleFile] = {}
    for source, path in files:
        first_names.setdefault(path.resolve(), TaleFile(source, path))
    return list(first_names.values())


def _list_files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return [
        path
        for path in place.rglob("*.json")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(place).parts)
    ]


def _name(path: Path, root: Path) -> str:
    # A file name need not be UTF-8, while the manifest that quotes it is.
    return os.fsencode(path.relative_to(root).as_posix()).decode("utf-8", "replace")
