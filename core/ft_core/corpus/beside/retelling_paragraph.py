"""The paragraphs of a retelling: one in each pair of braces, or one a line in a file without any."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Paragraphs", "parse_paragraphs"]

_BRACE = re.compile("[{}｛｝]")
_OPENING = "{｛"
_QUOTED = 40
"""How many characters of a text a message quotes."""


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """What a retelling holds.

    Attributes:
        texts: the paragraphs in their order, without the spaces around them; blank ones are left out.
        outside: what stands beside the braces, such as a heading; it is no paragraph.
        problem: why the braces do not tell where the paragraphs are, ``""`` where they do.
    """

    texts: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    problem: str = ""


def parse_paragraphs(text: str) -> Paragraphs:
    r"""Read the paragraphs of a retelling by its braces, wherever the lines break; full-width braces count too.

    >>> parse_paragraphs("{Once a fox\nlived.} {It met a crane.}").texts
    ('Once a fox\nlived.', 'It met a crane.')
    >>> parse_paragraphs("Once a fox lived.\n\nIt met a crane.\n").texts
    ('Once a fox lived.', 'It met a crane.')
    >>> parse_paragraphs("{Once a fox lived.").problem
    "the brace before 'Once a fox lived.' (line 1) is never closed"
    """
    text = unicodedata.normalize("NFC", text)
    if not _BRACE.search(text):
        return Paragraphs(_keep_filled(text.splitlines()))
    inside: list[str] = []
    outside: list[str] = []
    start, is_open = 0, False
    for brace in _BRACE.finditer(text):
        opens = brace[0] in _OPENING
        if opens == is_open:
            return Paragraphs(problem=_tell_unmatched(text, brace.end(), nested=opens))
        (inside if is_open else outside).append(text[start : brace.start()])
        start, is_open = brace.end(), opens
    if is_open:
        return Paragraphs(problem=f"{_tell_place(text, start)} is never closed")
    return Paragraphs(_keep_filled(inside), _keep_filled([*outside, text[start:]]))


def _tell_unmatched(text: str, place: int, *, nested: bool) -> str:
    if nested:
        return f"{_tell_place(text, place)} opens before the one before it is closed"
    return f"a brace closes on line {_find_line(text, place)} that was never opened"


def _tell_place(text: str, place: int) -> str:
    quoted = " ".join(text[place : place + _QUOTED].split())
    return f"the brace before {quoted!r} (line {_find_line(text, place)})"


def _find_line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _keep_filled(texts: list[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts if text.strip())
