"""Lines of many kinds, collected in files of a temporary folder, so that memory does not grow with the number of tales."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from ft_core.atomic import move_complete, open_complete, telling_what_to_do

__all__ = ["Spool", "SpooledLines"]

_COPIED_AT_ONCE = 1 << 20


class SpooledLines:
    """One kind of lines, in a file of its own; ``count`` and ``sha256`` are of what was added so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._hash = hashlib.sha256()
        with telling_what_to_do(path):
            self._file = path.open("ab")

    @property
    def sha256(self) -> str:
        """The hash of all lines, hexadecimal."""
        return self._hash.hexdigest()

    def add(self, lines: bytes) -> None:
        """Add some lines, each with its line end."""
        with telling_what_to_do(self.path):
            self._file.write(lines)
        self._hash.update(lines)
        self.count += lines.count(b"\n")

    def read(self) -> Iterator[bytes]:
        """Yield the lines, each with its line end."""
        self._flush()
        with self.path.open("rb") as file:
            yield from file

    def drop(self, numbers: Container[int]) -> list[bytes]:
        """Take out the lines of some numbers, counted from 0, and return them."""
        dropped: list[bytes] = []
        kept = SpooledLines(self.path.with_suffix(".kept"))
        for number, line in enumerate(self.read()):
            if number in numbers:
                dropped.append(line)
            else:
                kept.add(line)
        self.close()
        with telling_what_to_do(self.path):
            kept.path.replace(self.path)
        self.count, self._hash, self._file = kept.count, kept._hash, kept._file  # the open file goes by its new name
        return dropped

    def copy_to(self, file: BinaryIO) -> None:
        """Append the lines to another file."""
        self._flush()
        with self.path.open("rb") as lines:
            shutil.copyfileobj(lines, file, _COPIED_AT_ONCE)

    def move_to(self, path: Path) -> None:
        """Make the lines a file of their own, complete or absent; they are read from there afterwards.

        Raises:
            OutputError: no space, no permission, or something in the way.
        """
        self.close()
        with telling_what_to_do(path):
            is_near = path.parent.stat().st_dev == self.path.stat().st_dev
        if is_near:
            move_complete(self.path, path)
        else:
            with open_complete(path) as file:
                self.copy_to(file)
        self.path = path

    def close(self) -> None:
        """Close the file; the lines can still be read."""
        with telling_what_to_do(self.path):
            self._file.close()

    def _flush(self) -> None:
        if not self._file.closed:
            with telling_what_to_do(self.path):
                self._file.flush()


class Spool:
    """Files of lines by kind, in a folder that the caller removes; close it when all is read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[str, SpooledLines] = {}

    def __getitem__(self, kind: str) -> SpooledLines:
        """Return the lines of a kind, none at first."""
        if kind not in self._lines:
            self._lines[kind] = SpooledLines(self._folder / f"{len(self._lines)}.lines")
        return self._lines[kind]

    def add_all(self, lines: Mapping[str, bytes]) -> None:
        """Add lines of several kinds."""
        for kind, each in lines.items():
            self[kind].add(each)

    def close(self) -> None:
        """Close the files."""
        for lines in self._lines.values():
            lines.close()
