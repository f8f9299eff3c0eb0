"""The bytes of a file that lies beside tales, such as a sidecar or a text."""

from __future__ import annotations

from pathlib import Path

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.raw_tale import MAX_BYTES
from ft_core.corpus.reading.record import Refusal

__all__ = ["read_side_file"]


def read_side_file(path: Path, source: str) -> bytes:
    """Return the bytes of a file; ``source`` is its name in what is said of it.

    Raises:
        RefusedError: it is not there, cannot be read or is too large.
    """
    try:
        if path.exists() and not path.is_file():  # to open a pipe would wait for ever
            raise _refuse(source, "is not a file that can be read, but a folder, a device or a pipe")
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refuse(source, f"cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise _refuse(source, f"is larger than {MAX_BYTES >> 20} MiB")
    return data


def _refuse(source: str, reason: str) -> RefusedError:
    return RefusedError([Refusal(source, "$", reason)])
