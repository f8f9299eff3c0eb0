"""A few tales at a time: what one worker reads in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.files import TaleFile
from ft_core.corpus.reading.raw_tale import RawTale, iterate_raw
from ft_core.corpus.reading.record import Refusal

__all__ = ["TaleChunk", "cut_chunks"]

_FILES = 16
_LINES = 64
_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class TaleChunk:
    """Some files with one tale each, which the worker opens, or some lines of one file, which are read already."""

    files: tuple[TaleFile, ...] = ()
    records: tuple[RawTale, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    def read(self) -> Iterator[RawTale | Refusal]:
        """Yield the tales, and the files that cannot be read."""
        yield from self.records
        yield from self.refusals
        for file in self.files:
            yield from _read(file)


def cut_chunks(files: Iterable[TaleFile]) -> Iterator[TaleChunk]:
    """Cut files into chunks, in their order; a file with a tale a line is read here, a few lines at a time."""
    together: list[TaleFile] = []
    for file in files:
        if file.has_lines:
            if together:
                yield TaleChunk(tuple(together))
                together = []
            yield from _cut_lines(file)
            continue
        together.append(file)
        if len(together) == _FILES:
            yield TaleChunk(tuple(together))
            together = []
    if together:
        yield TaleChunk(tuple(together))


def _cut_lines(file: TaleFile) -> Iterator[TaleChunk]:
    records: list[RawTale] = []
    size = 0
    for record in _read(file):
        if isinstance(record, Refusal):
            yield TaleChunk(records=tuple(records), refusals=(record,))
            records, size = [], 0
            continue
        records.append(record)
        size += len(record.data)
        if len(records) == _LINES or size >= _BYTES:
            yield TaleChunk(records=tuple(records))
            records, size = [], 0
    if records:
        yield TaleChunk(records=tuple(records))


def _read(file: TaleFile) -> Iterator[RawTale | Refusal]:
    try:
        yield from iterate_raw(file)
    except RefusedError as error:
        yield from error.refusals
