"""Telling weights apart by their bytes: whole files where they are small, a fixed sample of them where they are large."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ft_core.engine.contract.content_hash import hash_file

__all__ = ["BLOCK", "STRIDE", "WHOLE_UP_TO", "Shard", "describe_weights", "read_header"]

WHOLE_UP_TO = 1024**3
"""Bytes of all weights of a model up to which they are hashed whole."""

STRIDE = 16 * 1024**2
"""Where a large file is sampled: a block at every multiple of so many bytes, and the last one."""

BLOCK = 64 * 1024
"""Bytes of a block."""

_LENGTH = 8  # a safetensors file begins with the length of its header, in so many bytes


@dataclass(frozen=True, slots=True)
class Shard:
    """One file of weights.

    Attributes:
        name: the file's.
        size: in bytes.
        header: the hash of its safetensors header: names, shapes, types and places of the tensors.
        content: the hash of the whole file, or of the sample.
        whole: which of the two.
    """

    name: str
    size: int
    header: str
    content: str
    whole: bool


def describe_weights(folder: Path) -> list[Shard]:
    """Describe the files of weights that transformers loads from a model's folder, sorted by name.

    Raises:
        OSError, ValueError: one cannot be read.
    """
    files = sorted(_list_files(folder))
    whole = sum(path.stat().st_size for path in files) <= WHOLE_UP_TO
    return [_describe(path, whole=whole) for path in files]


def read_header(file: BinaryIO) -> bytes:
    """Return the header of a safetensors file that is open at its beginning.

    Raises:
        ValueError: the file is shorter than it says.
    """
    length = int.from_bytes(file.read(_LENGTH), "little")
    header = file.read(min(length, 100 * 1024**2))  # safetensors allows no longer one
    if not header or len(header) != length:
        raise ValueError("it is not a safetensors file")
    return header


def _list_files(folder: Path) -> list[Path]:
    index, single = folder / "model.safetensors.index.json", folder / "model.safetensors"
    if single.is_file():
        return [single]
    if index.is_file():
        return [folder / name for name in set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())]
    return list(folder.glob("*.safetensors"))


def _describe(path: Path, *, whole: bool) -> Shard:
    size = path.stat().st_size
    with path.open("rb") as file:
        header = hashlib.sha256(read_header(file)).hexdigest()
        content = hash_file(path) if whole else _hash_sample(file, size)
    return Shard(path.name, size, header, content, whole)


def _hash_sample(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    for place in _list_places(size):
        file.seek(place)
        digest.update(file.read(BLOCK))
    return digest.hexdigest()


def _list_places(size: int) -> Iterator[int]:
    yield from range(0, size, STRIDE)
    yield max(0, size - BLOCK)
