"""The paragraphs of a text, however it is laid out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ft_core.infer.annotate.segment.stretch import Stretch, trim

__all__ = ["list_paragraphs"]

_BLANK_LINES = re.compile(r"(?:\r\n?|\n)(?:[^\S\r\n]*(?:\r\n?|\n))+")
_LINE_END = re.compile(r"\r\n?|\n")
_SENTENCE_END = re.compile(r"[.!?…。！？．][\"'”’」』）)\]》〉]*\s*$|[」』”]\s*$")
_INDENTED = re.compile(r"[\u3000\t]|\x20{2}")
_OPENING = "「『“"
_SHARE = 0.7


def list_paragraphs(text: str) -> list[Stretch]:
    r"""Return the paragraphs of a text without the white space around them.

    Blank lines divide paragraphs. Within a block, line ends do so too unless its lines are wrapped: each line is a paragraph
    if most line ends come after a sentence, or before an indentation or a speech.

    >>> text = "Once a fox\nlived here.\n\nHe met a crane."
    >>> [text[each.start : each.end] for each in list_paragraphs(text)]
    ['Once a fox\nlived here.', 'He met a crane.']
    """
    blocks = _cut(text, 0, len(text), _BLANK_LINES)
    return [each for block in blocks for each in _divide(text, block)]


def _divide(text: str, block: Stretch) -> list[Stretch]:
    lines = list(_cut(text, block.start, block.end, _LINE_END))
    breaks = list(pairwise(lines))
    meant = sum(_ends_paragraph(text, before, after) for before, after in breaks)
    return lines if meant >= _SHARE * len(breaks) else [block]


def _ends_paragraph(text: str, before: Stretch, after: Stretch) -> bool:
    # The white space between two lines holds the indentation of the second.
    return bool(
        _SENTENCE_END.search(text, before.start, before.end)
        or _INDENTED.search(text, before.end, after.start)
        or text[after.start] in _OPENING
    )


def _cut(text: str, start: int, end: int, divider: re.Pattern[str]) -> Iterator[Stretch]:
    place = start
    for match in divider.finditer(text, start, end):
        if found := trim(text, place, match.start()):
            yield found
        place = match.end()
    if found := trim(text, place, end):
        yield found
