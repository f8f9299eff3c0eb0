"""The sentences of a segment, as finely as annotators sort them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ft_stac.clause import CJK_MARKS, CLOSERS, MARKS

__all__ = ["list_sentences", "locate_sentence"]

_TITLES = "".join(rf"(?<!\b{title})" for title in ("Mr", "Mrs", "Ms", "Dr", "St"))
_END = re.compile(
    rf"(?: [。！？．｡।؟]+ (?!\d) | {_TITLES} [.!?]+ (?=[{CLOSERS}]|\s|$) | [!?]+ (?=[\u3040-\u9fff]) )"
    rf"[{CJK_MARKS}{MARKS}{CLOSERS}]* | [\r\n] \s*",
    re.VERBOSE,
)
"""Where a sentence ends, within quotation marks too; marks that follow are its own. A line break need not be an end.

That is how the sentences of annotated sidecars are cut: of 6,196 sentences in the segments of 53 tales, and in these cut anew,
none reaches over two that have different heads. Of 5,403 by sentencex, which keeps what is quoted together, 21 do.
"""

_WRAPPED = re.compile(r"(?<!\s)\s*[\r\n]\s*")


def list_sentences(segment: str) -> list[str]:
    r"""Return the sentences of a segment without the white space around them; what has no letter in it is none.

    A line break before a small letter is within a sentence, as in a text with lines of one length, and is a blank in it.

    >>> list_sentences('"Who is it?" asked\nthe fox. "I!"\n痛い。」と鬼。')
    ['"Who is it?"', 'asked the fox.', '"I!"', '痛い。」', 'と鬼。']
    """
    return [_WRAPPED.sub(" ", piece.strip()) for piece in _cut(segment) if any(map(str.isalnum, piece))]


def locate_sentence(sentence: str, segment: str, start: int) -> tuple[int, int] | None:
    r"""Return where a sentence begins and ends in a segment, from some place on; any white space is like any other.

    >>> locate_sentence("He ran on.", "He ran. He ran\non.", 2)
    (8, 18)
    """
    found = re.compile(r"\s+".join(map(re.escape, sentence.split()))).search(segment, start)
    return found.span() if found else None


def _cut(segment: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(segment):
        if match.group().isspace() and segment[match.end() : match.end() + 1].islower():
            continue
        yield segment[start : match.end()]
        start = match.end()
    yield segment[start:]
