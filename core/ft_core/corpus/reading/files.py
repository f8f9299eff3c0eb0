"""Which files of the data folders may be tales, and by what name they go."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ft_core.corpus.reading.own_output import list_own_output
from ft_core.corpus.reading.record import Refusal
from ft_core.errors import NoTalesError

__all__ = ["FoundFiles", "TaleFile", "find_tale_files", "is_tale_file"]

_TALE_FILE = re.compile(r".*\.(json|jsonl)(\.gz)?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class TaleFile:
    """A file that may hold a tale, or one a line; ``source`` names it the same on every machine."""

    source: str
    path: Path

    @property
    def is_packed(self) -> bool:
        """Whether it is compressed with gzip."""
        return self.path.suffix.casefold() == ".gz"

    @property
    def has_lines(self) -> bool:
        """Whether it holds a tale a line."""
        name = self.path.name.casefold()
        return name.removesuffix(".gz").endswith(".jsonl")


@dataclass(slots=True)
class FoundFiles:
    """What some folders hold.

    Attributes:
        tales: the files that may hold a tale, sorted by name, each once.
        refusals: links that lead nowhere, and folders and files that cannot be looked into.
        left_out: what ft-core wrote itself: files, and folders as a whole.
    """

    tales: list[TaleFile] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def is_tale_file(name: str) -> bool:
    """Say whether a file in a folder is taken for one of annotated tales, by its name.

    >>> is_tale_file("fox_v3.JSON"), is_tale_file("tales.jsonl.gz"), is_tale_file("notes.md")
    (True, True, False)
    """
    return _TALE_FILE.fullmatch(name) is not None


def find_tale_files(data_dirs: Sequence[str | Path]) -> FoundFiles:
    """Find the files of tales, in any letter case, in some folders and the folders below them, linked ones too.

    These are ``*.json``, ``*.jsonl`` and both with ``.gz`` behind.

    Hidden files and folders (``.name``) hold no tales: some systems leave them beside every file. Of what ft-core wrote
    itself see :mod:`ft_core.corpus.reading.own_output`. A file is named relative to its folder, or to the nearest folder
    that holds all of them where several are given.

    Args:
        data_dirs: folders, or single files.

    Raises:
        NoTalesError: a folder is not there, or nothing was found that could be a tale.
    """
    places = [Path(os.path.abspath(each)) for each in data_dirs]  # not resolved: a link goes by its own name
    for given, place in zip(data_dirs, places, strict=True):
        if not place.exists():
            raise NoTalesError(f"There is no folder {given}. Give the folder of the annotated tales, such as corpus/json_v3.")
    search = _Search(Path(os.path.commonpath([place if place.is_dir() else place.parent for place in places])))
    for place in places:
        search.visit(place, given=True)
    found = search.list_found()
    if not found.tales and not found.refusals:
        listed = ", ".join(map(str, data_dirs))
        own = f" Left out is what ft-core wrote itself: {', '.join(found.left_out)}." if found.left_out else ""
        raise NoTalesError(f"No tale was found: {listed} holds no *.json or *.jsonl file, not even in a folder below it.{own}")
    return found


class _Search:
    """Goes through folders and collects what is there; ``root`` is what names are relative to."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._tales: list[tuple[str, Path]] = []
        self._refusals: set[Refusal] = set()
        self._left_out: set[str] = set()

    def visit(self, path: Path, above: Collection[Path] = (), *, given: bool = False) -> None:
        """Look at a file or folder.

        Args:
            path: the file or folder.
            above: the folders that it was reached through, links resolved.
            given: whether the user named it; a file is then a tale whatever its suffix.
        """
        try:
            if path.is_dir():
                self._visit_folder(path, above)
            elif not path.exists():
                self._refuse(path, f"is a link to {os.readlink(path)}, which is not there; mend or remove it")
            elif given or is_tale_file(path.name):
                self._visit_file(path)
        except OSError as error:
            self._refuse(path, f"cannot be looked into: {error.strerror or error}")

    def list_found(self) -> FoundFiles:
        """Return everything that was found, sorted; of the names of one file the first."""
        named: dict[Path, TaleFile] = {}
        for source, path in sorted(self._tales):
            named.setdefault(path.resolve(), TaleFile(source, path))
        return FoundFiles(list(named.values()), sorted(self._refusals, key=str), sorted(self._left_out))

    def _visit_folder(self, folder: Path, above: Collection[Path]) -> None:
        real = folder.resolve()
        if real in above:  # a link to a folder that it lies in; what is there is found anyway
            return
        paths = [path for path in folder.iterdir() if not path.name.startswith(".")]
        own = list_own_output(folder)
        self._left_out |= {self._name(path) for path in paths if path.name in own}
        for path in paths:
            if path.name not in own:
                self.visit(path, {*above, real})

    def _visit_file(self, path: Path) -> None:
        if path.is_file():
            self._tales.append((self._name(path), path))
        else:
            self._refuse(path, "is not a file that can be read, but a device or a pipe")

    def _refuse(self, path: Path, reason: str) -> None:
        self._refusals.add(Refusal(self._name(path), "$", reason))

    def _name(self, path: Path) -> str:
        # A file name need not be UTF-8, while the manifest that quotes it is.
        return os.fsencode(path.relative_to(self._root).as_posix()).decode("utf-8", "replace")
