"""From an annotated record to the head of each sentence of its segment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ft_core import STAC_HEADS, NoGold
from ft_stac.clause import list_clauses
from ft_stac.division import divide_sentences
from ft_stac.letters import Letters
from ft_stac.record import NO_HEAD
from ft_stac.sentence import list_sentences

__all__ = ["find_heads"]


def find_heads(record: Mapping[str, str], sentences: Sequence[str]) -> list[str] | NoGold:
    """Return the head of each sentence by a record that quotes them, or the reason why the record does not tell it.

    Marks, white space and capitals do not count, and a sentence of which some words are quoted is quoted. One that the record
    does not quote is under no head. Where sentences are the same, those under one head are rather together.

    Args:
        record: the text under each head.
        sentences: of the segment, in their order.

    >>> find_heads({"situation": "", "task": "", "action": "He ran.", "consequence": "Gone"}, ["Ali!", "He ran.", "Gone!"])
    ['none', 'action', 'consequence']
    >>> find_heads({"situation": "", "task": "", "action": "Ali leaves", "consequence": ""}, ["He ran."])
    NoGold(path='.stac.action', reason="the segment has no words 'Ali leaves'")
    """
    letters = [Letters(each) for each in sentences]
    divided = divide_sentences([Letters(record[head]).text for head in STAC_HEADS], [each.text for each in letters])
    if divided is not None:
        return [NO_HEAD if number is None else STAC_HEADS[number] for number in divided]
    quoted = _Quoted(letters)
    rest = quoted.take((head, piece) for head in STAC_HEADS for piece in list_sentences(record[head]))
    rest = quoted.take((head, clause.text) for head, piece in rest for clause in list_clauses(piece))
    if rest:
        head, words = rest[0]
        spelled = Letters(words)
        known = any(each.find(spelled, 0) is not None for each in letters)
        reason = f"the segment has {words!r} less often than the record" if known else f"the segment has no words {words!r}"
        return NoGold(f".stac.{head}", reason)
    for sentence, heads in zip(sentences, quoted.heads, strict=True):
        if len(heads) > 1:
            return NoGold(".stac", f"one sentence is under {' and '.join(sorted(heads, key=STAC_HEADS.index))}: {sentence!r}")
    return [next(iter(heads), NO_HEAD) for heads in quoted.heads]


class _Quoted:
    """What of each sentence is quoted, and under which heads.

    Attributes:
        heads: of each sentence.
    """

    def __init__(self, sentences: Sequence[Letters]) -> None:
        self.heads: list[set[str]] = [set() for _ in sentences]
        self._sentences = sentences
        self._taken: list[list[tuple[int, int]]] = [[] for _ in sentences]

    def take(self, pieces: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Look pieces up and note their heads, the longest first, for a short one may be in another one.

        Returns:
            The pieces that are in no sentence, or are taken already as often as they are there.
        """
        spelled = [(head, piece, letters) for head, piece in pieces if (letters := Letters(piece)).text]
        spelled.sort(key=lambda each: -len(each[2].text))  # of equals the order stays
        return [(head, piece) for head, piece, letters in spelled if not self._take(head, letters)]

    def _take(self, head: str, piece: Letters) -> bool:
        for sentence, heads, taken in zip(self._sentences, self.heads, self._taken, strict=True):
            start = sentence.find(piece, 0)
            while start is not None:
                end = start + len(piece.text)
                if all(end <= first or last <= start for first, last in taken):
                    heads.add(head)
                    taken.append((start, end))
                    return True
                start = sentence.find(piece, start + 1)
        return False
