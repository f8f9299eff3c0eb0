"""Dividing sentences among texts that are made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nsmallest
from typing import TypeAlias

__all__ = ["divide_sentences"]

_Path: TypeAlias = "tuple[int | None, _Path] | tuple[()]"
_State: TypeAlias = "tuple[tuple[int, ...], int | None]"
"""How much of each text is made, and which text the last sentence went to."""

_PASSED_OVER = 10
"""What it costs to leave a sentence out that would fit, where a change from one text to another costs 1."""

_MOST_STATES = 50
"""How many ways are followed at once, the cheapest."""


def divide_sentences(texts: Sequence[str], sentences: Sequence[str]) -> list[int | None] | None:
    """Say to which text each sentence goes, so that each text is made of its sentences in their order.

    Of several ways it is one that leaves out few sentences which would fit, and changes seldom from one text to another.

    Args:
        texts: the texts.
        sentences: the sentences in their order.

    Returns:
        For each sentence the number of its text, None where it is in none. None where these sentences do not make the texts.

    >>> divide_sentences(["ac", "ab"], ["a", "b", "a", "c"])
    [1, 1, 0, 0]
    >>> divide_sentences(["ac", ""], ["a", "b"]) is None
    True
    """
    ways: dict[_State, tuple[int, _Path]] = {((0,) * len(texts), None): (0, ())}
    for sentence in sentences:
        found: dict[_State, tuple[int, _Path]] = {}
        for state, way in ways.items():
            for further, cost, path in _go_on(texts, sentence, state, way):
                if further not in found or cost < found[further][0]:
                    found[further] = (cost, path)
        ways = found
        if len(found) > _MOST_STATES:
            ways = dict(nsmallest(_MOST_STATES, found.items(), key=lambda item: item[1][0]))
    made = tuple(map(len, texts))
    whole = [way for (places, _), way in ways.items() if places == made]
    return _unroll(min(whole, key=lambda way: way[0])[1]) if whole else None


def _go_on(texts: Sequence[str], sentence: str, state: _State, way: tuple[int, _Path]) -> Iterator[tuple[_State, int, _Path]]:
    """Yield where a way may lead with the next sentence, what it costs then, and the way."""
    (places, last), (cost, path) = state, way
    fitting = [number for number, text in enumerate(texts) if sentence and text.startswith(sentence, places[number])]
    for number in fitting:
        further = (*places[:number], places[number] + len(sentence), *places[number + 1 :])
        yield (further, number), cost + (number != last), (number, path)
    yield (places, None), cost + (last is not None) + (_PASSED_OVER if fitting else 0), (None, path)


def _unroll(path: _Path) -> list[int | None]:
    found: list[int | None] = []
    while path:
        number, path = path
        found.append(number)
    return found[::-1]
