"""The letters of a text, by which words are looked up whatever stands around them."""

from __future__ import annotations

from itertools import pairwise
from unicodedata import normalize

__all__ = ["Letters"]

_FIRST_UNSPACED = "\u0e00"
"""From Thai on, most scripts that follow in Unicode write words without blanks between them."""


class Letters:
    """The letters and digits of a text, in one form for all forms of a letter, and where words may begin and end in them.

    Attributes:
        text: the letters.

    >>> Letters("“Ｈe ran!”").text
    'heran'
    """

    def __init__(self, text: str) -> None:
        spelled = normalize("NFKC", text).casefold()
        kept = [(letter, number) for number, letter in enumerate(spelled) if letter.isalnum()]
        self.text = "".join(letter for letter, _ in kept)
        self._borders = {0, len(kept)}
        self._borders.update(
            place
            for place, ((before, left), (letter, right)) in enumerate(pairwise(kept), start=1)
            if right > left + 1 or max(before, letter) >= _FIRST_UNSPACED
        )

    def find(self, piece: Letters, start: int) -> int | None:
        """Return the first place from ``start`` on at which the words of a piece are, as whole words; None where there is none.

        >>> Letters("The band ran and hid.").find(Letters("and"), 0)
        10
        """
        place = self.text.find(piece.text, start)
        while place >= 0:
            if {place, place + len(piece.text)} <= self._borders:
                return place
            place = self.text.find(piece.text, place + 1)
        return None
