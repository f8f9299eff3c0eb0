"""From an annotated record to the head of each sentence of its segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from ft_core import NoGold
from ft_stac.clause import list_clauses
from ft_stac.record import HEADS, NO_HEAD
from ft_stac.sentence import list_sentences

__all__ = ["find_heads"]


def find_heads(record: Mapping[str, str], sentences: Sequence[str]) -> list[str] | NoGold:
    """Return the head of each sentence by a record that quotes them, or the reason why the record does not tell it.

    Marks and white space do not count, and a sentence of which some words are quoted is quoted. One that the record does not
    quote is under no head.

    Args:
        record: the text under each head.
        sentences: of the segment, in their order.

    >>> find_heads({"situation": "", "task": "", "action": "He ran.", "consequence": "Gone"}, ["Ali!", "He ran.", "Gone!"])
    ['none', 'action', 'consequence']
    >>> find_heads({"situation": "", "task": "", "action": "Ali leaves", "consequence": ""}, ["He ran."])
    NoGold(path='.stac.action', reason="the segment has no words 'Ali leaves'")
    """
    marking = _Marking([_keep_letters(each) for each in sentences])
    rest = [head for head in HEADS if not marking.mark_sentences(head, _keep_letters(record[head]))]
    missing = marking.mark((head, piece) for head in rest for piece in list_sentences(record[head]))
    missing = marking.mark((head, clause.text) for head, piece in missing for clause in list_clauses(piece))
    if missing:
        head, words = missing[0]
        return NoGold(f".stac.{head}", f"the segment has no words {words!r}")
    found = list(marking.read())
    for sentence, heads in zip(sentences, found, strict=True):
        if len(heads) > 1:
            return NoGold(".stac", f"one sentence is under {' and '.join(heads)}: {sentence!r}")
    return [heads[0] if heads else NO_HEAD for heads in found]


class _Marking:
    """The letters of a segment, each with the head under which a record quotes it."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self._sentences = sentences
        self._letters = "".join(sentences)
        self._places = [0, *accumulate(len(each) for each in sentences)]
        self._heads: list[str | None] = [None] * len(self._letters)

    def mark_sentences(self, head: str, letters: str) -> bool:
        """Mark the sentences that a text is made of, in their order; nothing where it is made of anything else."""
        found, place = [], 0
        for sentence, start in zip(self._sentences, self._places, strict=False):
            if letters.startswith(sentence, place) and self._heads[start] is None:
                found.append((start, start + len(sentence)))
                place += len(sentence)
        if place < len(letters):
            return False
        for start, end in found:
            self._heads[start:end] = [head] * (end - start)
        return True

    def mark(self, pieces: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Mark pieces of the text with their heads, the longest first, for a short one may be in another one.

        Returns:
            The pieces that are not in the text, or are marked already as often as they are there.
        """
        spelled = [(head, piece, letters) for head, piece in pieces if (letters := _keep_letters(piece))]
        spelled.sort(key=lambda each: -len(each[2]))  # of equals the order stays
        return [(head, piece) for head, piece, letters in spelled if not self._mark(head, letters)]

    def read(self) -> Iterator[list[str]]:
        """Yield the heads under which something of each sentence is."""
        for start, end in pairwise(self._places):
            marked = set(self._heads[start:end])
            yield [head for head in HEADS if head in marked]

    def _mark(self, head: str, letters: str) -> bool:
        start = self._letters.find(letters)
        while start >= 0:
            end = start + len(letters)
            if not any(self._heads[start:end]):
                self._heads[start:end] = [head] * len(letters)
                return True
            start = self._letters.find(letters, start + 1)
        return False


def _keep_letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
