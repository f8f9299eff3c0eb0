"""Summaries of whole tales from CSV files, found by the tale's id or by the retelling's file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ft_core.corpus.beside.summary_table import SummaryRow, read_table
from ft_core.corpus.lot import draw_lot
from ft_core.corpus.reading.file_name import find_common_folder, name_file

__all__ = ["Summaries", "UnusedRow", "hides_summary"]

_LOTS = 2**64


@dataclass(frozen=True, slots=True)
class UnusedRow:
    """A row that gave no summary: its file and line, the tale that it names, and why."""

    file: str
    line: int
    name: str
    reason: str

    @classmethod
    def of(cls, row: SummaryRow, reason: str) -> UnusedRow:
        """Return a row with the reason why it is not used."""
        return cls(row.file, row.line, row.name, reason)

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {"file": self.file, "line": self.line, "name": self.name, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Summaries:
    """The rows of some CSV files.

    Attributes:
        unused: rows that cannot be used: blank ones, and another summary of a tale that has one.
    """

    unused: tuple[UnusedRow, ...] = ()
    _tales: Mapping[str, SummaryRow] = field(default_factory=dict)
    _stems: Mapping[str, SummaryRow] = field(default_factory=dict)
    _retellings: Mapping[tuple[str, str], SummaryRow] = field(default_factory=dict)

    @classmethod
    def read(cls, paths: Sequence[str | Path]) -> Summaries:
        """Read CSV files with the columns ``story_name,text_file,summary`` or ``story_name,relative_path,…,summary``.

        A row with a ``relative_path`` is of a retelling, any other of a tale.

        Raises:
            DataError: a file is not there, is not UTF-8, is no CSV, or lacks a column.
        """
        places = [Path(each).absolute() for each in paths]
        root = find_common_folder(places) if places else Path()
        sorter = _Sorter()
        for place in places:
            for row in read_table(place, name_file(place, root)):
                sorter.add(row)
        return cls(tuple(sorter.unused), sorter.tales, sorter.stems, sorter.retellings)

    def find(self, story_id: str) -> SummaryRow | None:
        """Return the row of a tale: the one that names it, or else the one whose text file is named after it."""
        wanted = _compose(story_id)
        return self._tales.get(wanted) or self._stems.get(wanted)

    def find_retold(self, story_id: str, stem: str) -> SummaryRow | None:
        """Return the row of a retelling, by its tale's id and the name of its file without folder and suffix."""
        return self._retellings.get((_compose(story_id), _compose(stem)))

    def list_unmatched(self, story_ids: Iterable[str], retold: Iterable[tuple[str, str]] = ()) -> list[UnusedRow]:
        """Return the rows of tales and retellings that are not there, after :attr:`unused`.

        Args:
            story_ids: the tales that were read.
            retold: id of the tale and stem of the file of each retelling that was found.
        """
        used = {id(row) for story_id in story_ids if (row := self.find(story_id))}
        used |= {id(row) for story_id, stem in retold if (row := self.find_retold(story_id, stem))}
        rows = {id(row): row for row in (*self._tales.values(), *self._stems.values())}
        tales = [UnusedRow.of(row, "no tale that was read has this id") for key, row in rows.items() if key not in used]
        retellings = [
            UnusedRow.of(row, f"no retelling {row.stem}.txt of this tale was found")
            for row in self._retellings.values()
            if id(row) not in used
        ]
        return [*self.unused, *tales, *retellings]


class _Sorter:
    """Puts rows where they are looked for, the first of each tale and retelling."""

    def __init__(self) -> None:
        self.tales: dict[str, SummaryRow] = {}
        self.stems: dict[str, SummaryRow] = {}
        self.retellings: dict[tuple[str, str], SummaryRow] = {}
        self.unused: list[UnusedRow] = []

    def add(self, row: SummaryRow) -> None:
        if row.problem:
            self.unused.append(UnusedRow.of(row, row.problem))
        elif row.is_retold:
            self._compare(row, self.retellings.setdefault((row.name, row.stem), row))
        else:
            first = self.stems.setdefault(row.stem, row) if row.stem else row
            named = self.tales.setdefault(row.name, row)
            if named is not row:  # its text file may still tell it from the others of one title
                self._compare(row, first if row.stem else named)

    def _compare(self, row: SummaryRow, first: SummaryRow) -> None:
        if first is not row:
            same = "the same" if row.text == first.text else "another"
            self.unused.append(UnusedRow.of(row, f"{first.file}, line {first.line}, has {same} summary already, which is kept"))


def hides_summary(seed: int, story_id: str, event_id: str, share: float) -> bool:
    """Say whether the prompts about an event have no summary: the share ``share`` of them, chosen by the seed.

    >>> hides_summary(1, "fox", "e1", 0.0), hides_summary(1, "fox", "e1", 1.0)
    (False, True)
    """
    return draw_lot(seed, "summary", story_id, event_id) < share * _LOTS


def _compose(name: str) -> str:
    return unicodedata.normalize("NFC", name)
