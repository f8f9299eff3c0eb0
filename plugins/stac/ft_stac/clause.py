"""The sentences and clauses of a segment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Clause", "list_clauses"]

_CLOSERS = "\"'”’」』）)\\]》〉"
_END = re.compile(
    rf"""(?: [。！？．，、；：…—]+ | [.!?,;:]+ (?=[{_CLOSERS}]|\s|$) ) [{_CLOSERS}]* \s*  |  \s* [\r\n] \s*""", re.VERBOSE
)
"""Where a clause ends, white space included: a mark of Chinese and Japanese; one of English before white space; a line end."""

_SHORT = re.compile(r"(?: \S.{0,199}(?!\S) | \S{1,200} ) \s*", re.VERBOSE | re.DOTALL)
"""At most 200 characters, up to white space where there is any, and the white space behind them."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause without white space around it, and the white space that stands behind it."""

    text: str
    gap: str


def list_clauses(segment: str) -> list[Clause]:
    r"""Return what a segment is made of; a clause of more than 200 characters, without a mark in it, is cut.

    >>> list_clauses("He ran, and fell.\n「痛い」と、言いました。")[:2]
    [Clause(text='He ran,', gap=' '), Clause(text='and fell.', gap='\n')]
    """
    text = segment.strip()
    pieces = (short for piece in _cut(text) for short in _SHORT.findall(piece))
    return [Clause(piece.rstrip(), piece[len(piece.rstrip()) :]) for piece in pieces]


def _cut(text: str) -> Iterator[str]:
    place = 0
    for match in _END.finditer(text):
        if text[place : match.end()].strip():  # a line end right behind a mark is part of the gap already
            yield text[place : match.end()]
            place = match.end()
    if place < len(text):
        yield text[place:]
