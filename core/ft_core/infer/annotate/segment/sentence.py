"""The sentences of a text, by sentencex, and what to do about one that never ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ft_core.infer.annotate.segment.stretch import Stretch, trim
from ft_core.language_tag import primary_language

__all__ = ["cut_long", "group_sentences", "list_sentences"]

_BREAKS = (
    re.compile(r"[.!?。！？;；:：]+[\"'”’」』）)]*\s*"),
    re.compile(r"[,，、]\s*"),
    re.compile(r"\s+"),
)
"""Where a sentence that is too long is cut: rather after a clause than after a comma, rather there than between words."""

_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")
"""White space of more than one byte in UTF-8. sentencex counts a byte for it behind a single capital letter, and panics."""


def list_sentences(text: str, within: Stretch, language: str) -> list[Stretch]:
    """Return the sentences of a stretch, without the white space around them.

    Args:
        text: the tale.
        within: a paragraph of it, for no sentence goes beyond one.
        language: a language tag; it decides which abbreviations end no sentence.
    """
    import sentencex

    place, found = within.start, []
    plain = _WIDE_SPACE.sub(" ", text[within.start : within.end])  # as many characters, so that places stay
    for piece in sentencex.segment(primary_language(language) or "en", plain):
        found.append(trim(text, place, place + len(piece)))
        place += len(piece)
    return [each for each in found if each is not None]


def group_sentences(sentences: Iterable[Stretch], length: int) -> list[Stretch]:
    """Join neighbours to stretches of about a length: a sentence is added if that brings the stretch nearer to it.

    >>> group_sentences([Stretch(0, 40), Stretch(41, 80), Stretch(81, 130), Stretch(131, 140)], 100)
    [Stretch(start=0, end=80), Stretch(start=81, end=140)]
    """
    groups: list[Stretch] = []
    for sentence in sentences:
        last = groups[-1] if groups else None
        if last is not None and sentence.end - last.start - length <= length - len(last):
            groups[-1] = Stretch(last.start, sentence.end)
        else:
            groups.append(sentence)
    return groups


def cut_long(text: str, stretch: Stretch, longest: int) -> Iterator[Stretch]:
    """Yield pieces of a stretch of at most a length, cut where it hurts least.

    Args:
        text: the tale.
        stretch: of it.
        longest: in characters, at least 1.
    """
    rest: Stretch | None = stretch
    while rest is not None and len(rest) > longest:
        place = _find_break(text, rest.start + max(1, longest // 2), rest.start + longest)
        if piece := trim(text, rest.start, place):
            yield piece
        rest = trim(text, place, rest.end)
    if rest is not None:
        yield rest


def _find_break(text: str, low: int, high: int) -> int:
    for pattern in _BREAKS:
        places = [match.end() for match in pattern.finditer(text, low, high) if match.end() <= high]
        if places:
            return places[-1]
    return high
