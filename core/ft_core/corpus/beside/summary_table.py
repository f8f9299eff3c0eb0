"""The rows of a CSV file with summaries of tales, or of retellings."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TextIO

from ft_core.errors import DataError

__all__ = ["SummaryRow", "read_table"]

_NAME, _SUMMARY, _TEXT_FILE, _RETELLING = "story_name", "summary", "text_file", "relative_path"
_LONGEST_CELL = 16 << 20


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A row of a CSV file.

    Attributes:
        file, line: where it begins.
        name: the tale that it names, in composed letters.
        stem: the name of the text's file without folder and suffix, in composed letters.
        text: the summary, without the spaces around it.
        is_retold: whether it is of a retelling.
        problem: what is wrong with its cells, ``""`` where nothing is.
    """

    file: str
    line: int
    name: str
    stem: str
    text: str
    is_retold: bool = False
    problem: str = ""


def read_table(path: Path, source: str) -> list[SummaryRow]:
    """Read the rows of a CSV file; ``source`` is what messages and rows call it.

    Raises:
        DataError: the file is not there, is not UTF-8, is no CSV, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened, _long_cells():
            return list(_read_rows(opened, source))
    except OSError as error:
        raise DataError(f"{source} cannot be read: {error.strerror or error}. Give --summaries CSV files.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{source}, line {_find_line(path)}: it is not UTF-8. Save it as UTF-8.") from error


def _read_rows(opened: TextIO, source: str) -> Iterator[SummaryRow]:
    # Strict: a quote that is never closed would otherwise swallow all the rows behind it.
    reader = csv.reader(opened, strict=True)
    line = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, source)
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                yield _make_row(header, cells, source, line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{source}, line {line}: the row that begins here is no CSV: {error}. Mend its quotes.") from error


def _check_header(header: Sequence[str], source: str) -> None:
    missing = [name for name in (_NAME, _SUMMARY) if name not in header]
    if not {_TEXT_FILE, _RETELLING} & set(header):
        missing.append(f"{_TEXT_FILE} (for tales) or {_RETELLING} (for retellings)")
    if missing:
        raise DataError(
            f"{source}, line 1: the column {' and the column '.join(missing)} is missing. Its columns are: "
            f"{', '.join(header) or 'none'}."
        )


def _make_row(header: Sequence[str], cells: Sequence[str], source: str, line: int) -> SummaryRow:
    row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    retold = row.get(_RETELLING, "")
    stem = PurePosixPath((retold or row.get(_TEXT_FILE, "")).replace("\\", "/")).stem
    problem = ""
    if len(cells) != len(header):
        problem = f"it has {len(cells)} cells for {len(header)} columns; put the summary in quotes"
    elif not row[_SUMMARY]:
        problem = "its summary is blank"
    name = row.get(_NAME, "") or stem
    return SummaryRow(source, line, _compose(name), _compose(stem), row.get(_SUMMARY, ""), bool(retold), problem)


@contextmanager
def _long_cells() -> Iterator[None]:
    usual = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def _find_line(path: Path) -> int:
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            line.decode()
        except UnicodeDecodeError:
            return number
    return 1


def _compose(name: str) -> str:
    return unicodedata.normalize("NFC", name)
