"""The bytes of each tale: of a file, or of each line of one, unpacked where it is compressed."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.files import TaleFile
from ft_core.corpus.reading.record import Refusal

__all__ = ["MAX_BYTES", "RawTale", "iterate_raw"]

MAX_BYTES = 64 << 20
"""How large one tale may be; more is no annotation, and a few kilobytes of gzip can unpack to gigabytes."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class RawTale:
    """A tale as it stands in its file; ``source`` is the file, with ``:`` and the line where it has a tale a line."""

    source: str
    data: bytes
    file: TaleFile

    def hash(self) -> bytes:
        """Return 16 bytes of the SHA-256 of the data."""
        return hashlib.sha256(self.data).digest()[:16]


def iterate_raw(file: TaleFile) -> Iterator[RawTale]:
    """Yield the tales of a file, a line at a time where it has lines; blank lines are passed over.

    Raises:
        RefusedError: the file, or the rest of it, cannot be read.
    """
    place = file.source
    try:
        with gzip.open(file.path) if file.is_packed else file.path.open("rb") as opened:
            if file.has_lines:
                yield from _iterate_lines(file, opened)
            else:
                yield RawTale(place, _limit(opened.read(MAX_BYTES + 1), place), file)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RefusedError([Refusal(place, "$", f"cannot be unpacked: {error}; pack it again with gzip")]) from error
    except OSError as error:
        raise RefusedError([Refusal(place, "$", f"cannot be read: {error.strerror or error}")]) from error


def _iterate_lines(file: TaleFile, opened: BinaryIO | gzip.GzipFile) -> Iterator[RawTale]:
    number = 0
    while line := opened.readline(MAX_BYTES + 1):
        number += 1
        source = f"{file.source}:{number}"
        data = _limit(line, source).rstrip(b"\r\n")  # the last line may come without an end
        if data.removeprefix(_BYTE_ORDER_MARK).strip():
            yield RawTale(source, data, file)


def _limit(data: bytes, source: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise RefusedError([Refusal(source, "$", f"is larger than {MAX_BYTES >> 20} MiB, and so is no tale")])
    return data
