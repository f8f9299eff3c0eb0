"""Writing one large JSON file piece by piece: an array of spooled lines is never in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

import orjson

from ft_core.corpus.spool import SpooledLines

__all__ = ["write_json"]


def write_json(file: BinaryIO, value: Any, indent: int = 0) -> None:
    """Write a JSON value; mappings are laid out a key a line, and :class:`SpooledLines` as an array with an item a line.

    Args:
        file: takes UTF-8.
        value: JSON values, and spooled lines of JSON anywhere in mappings.
        indent: spaces before each key.
    """
    if isinstance(value, SpooledLines):
        _write_lines(file, value, indent)
    elif isinstance(value, Mapping) and value:
        margin = b" " * (indent + 1)
        file.write(b"{")
        for number, (key, each) in enumerate(value.items()):
            file.write((b",\n" if number else b"\n") + margin + orjson.dumps(key) + b": ")
            write_json(file, each, indent + 1)
        file.write(b"\n" + b" " * indent + b"}")
    else:
        file.write(orjson.dumps(value))


def _write_lines(file: BinaryIO, lines: SpooledLines, indent: int) -> None:
    margin, before = b"\n" + b" " * (indent + 1), b""
    file.write(b"[")
    for line in lines.read():
        file.write(before + margin + line.rstrip(b"\n"))
        before = b","
    file.write((b"\n" + b" " * indent if before else b"") + b"]")
