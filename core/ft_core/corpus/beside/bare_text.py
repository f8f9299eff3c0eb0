"""A text without its white space, in which passages are found however lines were broken, and the way back to the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

__all__ = ["BareText", "strip_bare"]

_RUN = re.compile(r"\S+")


def strip_bare(text: str) -> str:
    r"""Return a text without any white space (``str.isspace``), U+3000 and NBSP too.

    >>> strip_bare("Once\u3000a\nfox\xa0")
    'Onceafox'
    """
    return "".join(text.split())


@dataclass(frozen=True, slots=True)
class BareText:
    """A text and its characters without the white space.

    Attributes:
        text: the text.
        bare: its characters that are no white space.
    """

    text: str
    bare: str
    _starts: Sequence[int]  # of each run of such characters, in the text
    _counts: Sequence[int]  # of such characters before each run, and at last of all

    @classmethod
    def of(cls, text: str) -> BareText:
        """Return a text with its bare characters."""
        runs = list(_RUN.finditer(text))
        words = [run[0] for run in runs]
        return cls(text, "".join(words), [run.start() for run in runs], list(accumulate(map(len, words), initial=0)))

    def count_before(self, offset: int) -> int:
        """Return how many bare characters the text has before an offset.

        >>> text = BareText.of("a fox")
        >>> [text.count_before(offset) for offset in (0, 1, 2, 3, 99)]
        [0, 1, 1, 2, 4]
        """
        run = bisect_right(self._starts, offset) - 1
        return 0 if run < 0 else min(self._counts[run] + offset - self._starts[run], self._counts[run + 1])

    def cut(self, start: int, end: int) -> str:
        r"""Return the passage from one bare character up to another, as the text has it, with the white space in between.

        >>> BareText.of("Once a\n fox lived.").cut(4, 8)
        'a\n fox'
        """
        return self.text[self._locate(start) : self._locate(end - 1) + 1] if start < end else ""

    def _locate(self, place: int) -> int:
        run = bisect_right(self._counts, place, hi=len(self._starts)) - 1
        return self._starts[run] + place - self._counts[run]
