"""The names by which an editor opens files from the folder where the command runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ft_core.corpus.reading.file_name import find_common_folder

__all__ = ["OpenableNames"]


class OpenableNames:
    """Names files by what the user gave, a folder or the file itself; ``given`` holds at least one of them."""

    def __init__(self, given: Sequence[str | Path]) -> None:
        self._given = [(Path(os.path.abspath(each)), Path(each)) for each in given]
        self._root = find_common_folder([place for place, _ in self._given])

    def name(self, path: Path) -> str:
        """Return the name of a file that lies in one of the folders that were given, or is one of the files."""
        given, place = next((given, place) for place, given in self._given if path.is_relative_to(place))
        return str(given / path.relative_to(place))

    def name_source(self, source: str) -> str:
        """Return the name of a file or folder that is told as :class:`ft_core.corpus.reading.files.TaleFile` tells it."""
        return self.name(self._root / source)
