"""Choices that a seed makes, the same on every machine."""

from __future__ import annotations

import hashlib

__all__ = ["draw_lot"]


def draw_lot(seed: int, *names: str) -> int:
    """Return a number below 2**64 that a seed and some names decide, the same on every machine."""
    drawn = hashlib.sha256("\0".join([str(seed), *names]).encode()).digest()
    return int.from_bytes(drawn[:8], "big")
