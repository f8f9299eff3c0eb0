"""Numbers that flags take."""

from __future__ import annotations

import argparse

__all__ = ["positive"]


def positive(text: str) -> int:
    """Read a whole number that is 1 or more, as a ``type`` of a flag.

    Raises:
        ArgumentTypeError: it is less.
        ValueError: it is no whole number.

    >>> positive("3")
    3
    """
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {number}")
    return number
