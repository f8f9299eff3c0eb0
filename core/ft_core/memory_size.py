"""Sizes of memory, as people write them and read them."""

from __future__ import annotations

import re

__all__ = ["format_size", "parse_size"]

_UNITS = {"mb": 10**6, "gb": 10**9, "tb": 10**12, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*([a-z]+)", re.IGNORECASE)


def parse_size(text: str) -> int:
    """Return a size in bytes.

    Args:
        text: a number and a unit: MB, GB and TB are powers of 1,000, MiB, GiB and TiB powers of 1,024.

    Raises:
        ValueError: it is not such a size, or it is zero.

    >>> parse_size("8GB"), parse_size("24 GiB"), parse_size("0.5tb")
    (8000000000, 25769803776, 500000000000)
    """
    found = _SIZE.fullmatch(text.strip())
    unit = _UNITS.get(found[2].lower()) if found else None
    size = int(float(found[1]) * unit) if found and unit else 0
    if not size:
        raise ValueError(f"{text!r} is not a size of memory; write a number and a unit, such as 8GB, 24GiB or 80000MB")
    return size


def format_size(size: float) -> str:
    """Spell a number of bytes for people.

    >>> format_size(45_970_000_000), format_size(3_140_000)
    ('46.0 GB', '3 MB')
    """
    return f"{size / 10**9:.1f} GB" if size >= 10**8 else f"{size / 10**6:.0f} MB"
