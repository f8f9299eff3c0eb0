"""Marks of editors in the texts of tales: left alone, since the annotators' spans hold them too, but counted."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["count_marks"]

_MARKS = {
    "aozora-note": re.compile(r"［＃[^］]*］"),
    "aozora-ruby": re.compile(r"《[\u3041-\u3096\u30a1-\u30fa\u30fc]+》"),
    "furigana-in-brackets": re.compile(r"[\u3400-\u9fff々][（(][\u3041-\u3096\u30fc]+[)）]"),
    "ideographic-space": re.compile("\u3000"),
    "no-break-space": re.compile("\u00a0"),
}
_SIGNS = ("［＃", "《", "（", "(", "\u3000", "\u00a0")


def count_marks(text: str) -> Mapping[str, int]:
    """Return how many marks of each kind a text holds, those that it has none of left out.

    Furigana that follow their word without any mark cannot be told from the text.

    >>> count_marks("｜御伽噺《おとぎばなし》の桃太郎（ももたろう）［＃改ページ］")
    {'aozora-note': 1, 'aozora-ruby': 1, 'furigana-in-brackets': 1}
    """
    if not any(sign in text for sign in _SIGNS):
        return {}
    counts = {name: len(mark.findall(text)) for name, mark in _MARKS.items()}
    return {name: count for name, count in counts.items() if count}
