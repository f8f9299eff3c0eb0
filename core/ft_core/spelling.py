"""The characters that a constrained answer can have."""

from __future__ import annotations

import re

__all__ = ["drop_unspellable"]

_UNSPELLABLE = re.compile(r"[\x00-\x07\x0b\x0e-\x1f\x7f]")


def drop_unspellable(text: str) -> str:
    r"""Return a text without the control characters that constrained decoding cannot write; tabs and line ends stay.

    A hook ``narrow_schema`` that copies text into a schema leaves them out, or leaves the text out.

    >>> drop_unspellable("a\x01fox\n")
    'afox\n'
    """
    return _UNSPELLABLE.sub("", text)
