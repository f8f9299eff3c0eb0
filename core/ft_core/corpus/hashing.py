"""Two hashes that say on what a run was trained: the tales' contents, and which tale is in which split."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ft_core.corpus.training_data import Split

__all__ = ["hash_contents", "hash_split"]


def hash_contents(hashes: Mapping[str, str]) -> str:
    """Return the SHA-256 over the contents of tales, whatever their files' names, order and folder.

    Args:
        hashes: SHA-256 of each tale's content, by tale id.
    """
    return _hash_pairs(hashes)


def hash_split(splits: Mapping[str, Split]) -> str:
    """Return the SHA-256 over which tale is in which split.

    >>> hash_split({"a": "train", "b": "val"}) == hash_split({"b": "val", "a": "train"})
    True
    """
    return _hash_pairs(splits)


def _hash_pairs(pairs: Mapping[str, str]) -> str:
    # NUL separates: no tale id holds one that JSON would not also show, and "ab"+"c" must differ from "a"+"bc".
    lines = "\n".join(f"{key}\0{value}" for key, value in sorted(pairs.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
