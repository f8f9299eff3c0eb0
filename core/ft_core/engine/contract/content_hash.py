"""Hashes of values and files: SHA-256, written in hexadecimal."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ft_core.errors import OutputError

__all__ = ["dump_ordered", "hash_file", "hash_text", "hash_value"]


def hash_text(text: str) -> str:
    """Return the hash of a text's UTF-8 bytes; half of a surrogate pair, which has none, counts as it stands."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_value(value: Any) -> str:
    """Return the hash of a JSON value; the order of an object's keys counts."""
    return hash_text(dump_ordered(value))


def hash_file(path: Path) -> str:
    """Return the hash of a file's bytes.

    Raises:
        OutputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror or error}. Check the path and the disk.") from error


def dump_ordered(value: Any) -> str:
    """Spell a JSON value; the order of an object's keys is kept.

    >>> dump_ordered({"type": "给", "function": ""})
    '{"type":"给","function":""}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
