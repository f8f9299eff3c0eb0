"""Finding the files that lie beside tales: by the end of their names, in some folders and all folders below them."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path

from ft_core.corpus.reading.file_name import find_common_folder, name_file
from ft_core.errors import DataError

__all__ = ["compose_name", "find_files"]


def find_files(
    dirs: Sequence[str | Path], ending: str, *, advice: str, nothing: str, passed_over: Collection[str] = ()
) -> list[tuple[str, Path]]:
    """Find files at any depth, linked ones too; hidden files and folders are passed over.

    Args:
        dirs: the folders to look in.
        ending: how the names of the files end, in any letter case.
        advice: what to do where a folder is not there.
        nothing: what is said of a folder, ``{given}``, without such a file.
        passed_over: names of further folders that are passed over, in any letter case.

    Returns:
        Each file's name relative to the nearest folder that holds all of ``dirs``, the same on every machine, and its
        path; sorted by name.

    Raises:
        DataError: a folder is not there, cannot be looked into, or has no such file below it.
    """
    places = [Path(each).absolute() for each in dirs]
    found: set[Path] = set()
    for given, place in zip(dirs, places, strict=True):
        if not place.is_dir():
            raise DataError(f"There is no folder {given}. {advice}")
        paths = _list_files(place, ending.casefold(), {name.casefold() for name in passed_over})
        if not paths:
            raise DataError(nothing.format(given=given))
        found.update(paths)
    root = find_common_folder(places) if places else Path()
    return sorted((name_file(path, root), path) for path in found)


def compose_name(name: str) -> str:
    r"""Return a name in composed letters: some systems store the names of files in decomposed ones.

    >>> compose_name("cafe\u0301") == "caf\u00e9"
    True
    """
    return unicodedata.normalize("NFC", name)


def _list_files(folder: Path, ending: str, passed_over: Collection[str], above: Collection[Path] = ()) -> list[Path]:
    found: list[Path] = []
    try:
        real = folder.resolve()
        if real in above:  # a link to a folder that it lies in; what is there is found anyway
            return []
        for path in sorted(folder.iterdir()):
            name = path.name.casefold()
            if name.startswith(".") or name in passed_over:
                continue
            if path.is_dir():
                found += _list_files(path, ending, passed_over, {*above, real})
            elif name.endswith(ending):
                found.append(path)
    except OSError as error:
        raise DataError(f"The folder {folder} cannot be looked into: {error.strerror or error}.") from error
    return found
