"""The sentences and clauses of a segment, as finely as annotators quote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["CJK_MARKS", "CLOSERS", "MARKS", "Clause", "list_clauses"]

_OPENERS = "\"'“‘«「『（(\\[《〈"
CLOSERS = "\"'”’»」』）)\\]》〉"
CJK_MARKS = "。！？．，、；：…—"
MARKS = ".!?,;:"
_END = re.compile(
    rf"(?: [{CJK_MARKS}]+ | [{MARKS}]+ (?=[{CLOSERS}]|\s|$) ) [{CLOSERS}]* \s* | (?<!\s) \s* [\r\n] \s*", re.VERBOSE
)
"""Where a clause ends, white space included: a mark of Chinese and Japanese; one of English before white space; a line end."""

_JOINT = re.compile(
    r"\b(?:and|but|or|nor|for|yet|that|which|who|whom|whose|when|while|where|until|till|because|if|though|although|unless)\s+",
    re.IGNORECASE,
)
"""Words between English clauses: annotators begin before them or behind them."""

_SHORT = re.compile(r"(?: \S.{0,199}(?!\S) | \S{1,200} ) \s*", re.VERBOSE | re.DOTALL)
"""At most 200 characters, up to white space where there is any, and the white space behind them."""

_PARTS = re.compile(rf"([{_OPENERS}]*) (.*?) ([{CJK_MARKS}{MARKS}{CLOSERS}]*) (\s*)", re.VERBOSE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in the order of its parts; all but the text may be left out where it is quoted.

    Attributes:
        opening: quotation marks and brackets.
        text: its words; empty where it has none.
        closing: marks and quotation marks.
        gap: the white space that stands behind it.
    """

    opening: str
    text: str
    closing: str
    gap: str


def list_clauses(segment: str) -> list[Clause]:
    r"""Return what a segment is made of; a clause of more than 200 characters, without a mark in it, is cut.

    >>> for clause in list_clauses('He ran, and "fell."\n痛い。'):
    ...     print(clause)
    Clause(opening='', text='He ran', closing=',', gap=' ')
    Clause(opening='', text='and', closing='', gap=' ')
    Clause(opening='"', text='fell', closing='."', gap='\n')
    Clause(opening='', text='痛い', closing='。', gap='')
    """
    pieces = (short for piece in _cut(segment.strip()) for short in _SHORT.findall(piece))
    return [Clause(*match.groups()) for piece in pieces if (match := _PARTS.fullmatch(piece))]


def _cut(text: str) -> Iterator[str]:
    places = {0, len(text)}
    places.update(match.end() for match in _END.finditer(text))
    places.update(place for match in _JOINT.finditer(text) for place in match.span())
    ordered = sorted(places)
    for start, end in pairwise(ordered):
        if text[start:end].strip():
            yield text[start:end]
