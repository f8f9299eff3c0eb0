"""The names by which messages and records tell files: the same on every machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

__all__ = ["find_common_folder", "name_file"]


def find_common_folder(places: Sequence[Path]) -> Path:
    """Return the nearest folder that holds all of some files, or is one of them where they are folders themselves."""
    return Path(os.path.commonpath([place if place.is_dir() else place.parent for place in map(Path.absolute, places)]))


def name_file(path: Path, folder: Path) -> str:
    """Return the name of a file relative to a folder, with ``/`` between its parts on every system."""
    # A file name need not be UTF-8, while the manifest that quotes it is.
    return os.fsencode(path.absolute().relative_to(folder).as_posix()).decode("utf-8", "replace")
