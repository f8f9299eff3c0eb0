"""How well paragraphs fit events: the share of common letter groups, of which rare ones count more."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from ft_core.story import Event

__all__ = ["measure_fit"]

_RUN = re.compile(
    r"(?P<cjk>[\u3041-\u3096\u30a1-\u30fc\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+)"
    r"|(?P<word>[^\W\d_\u3041-\u3096\u30a1-\u30fc\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]{4,})"
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_WORD_GROUP = 4


def measure_fit(events: Sequence[Event], paragraphs: Sequence[str]) -> list[list[float]]:
    """Return a row for each event: how well each paragraph fits it, from 0 to 1.

    This is the cosine of the sets of letter groups, each weighted by how few of all these texts have it. Of an event
    count its segment, its description and the names of its agents, targets and instrument. The groups are four letters
    of a word with the spaces beside it, words of three letters left out; in Chinese and Japanese pairs of signs, and
    single Chinese characters.
    """
    told = [_list_groups(_join_event(event)) for event in events]
    retold = [_list_groups(paragraph) for paragraph in paragraphs]
    rows, columns = _index(told), _index(retold)
    texts = len(told) + len(retold) + 1
    weights = {group: math.log(texts / (len(rows.get(group, ())) + len(columns.get(group, ())))) for group in (rows | columns)}
    norms = [[math.sqrt(sum(weights[group] for group in groups)) for groups in side] for side in (told, retold)]
    fits = [[0.0] * len(retold) for _ in told]
    for group, places in rows.items():
        for place in places:
            for column in columns.get(group, ()):
                fits[place][column] += weights[group]
    return [
        [_divide(fit, norms[0][row] * norms[1][column]) for column, fit in enumerate(line)] for row, line in enumerate(fits)
    ]


def _join_event(event: Event) -> str:
    return " ".join((event.text, *event.agents, *event.targets, event.instrument, event.description))


def _list_groups(text: str) -> list[str]:
    # A dict, not a set: sums of fractions depend on the order, and that of a set is another one on every run.
    groups: dict[str, None] = {}
    for run in _RUN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        if run["word"]:
            word = f" {run['word']} "
            groups |= dict.fromkeys(word[start : start + _WORD_GROUP] for start in range(len(word) - _WORD_GROUP + 1))
        else:
            signs = run["cjk"]
            groups |= dict.fromkeys(signs[start : start + 2] for start in range(len(signs) - 1))
            groups |= dict.fromkeys(_HAN.findall(signs))
    return list(groups)


def _index(sides: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for number, groups in enumerate(sides):
        for group in groups:
            places[group].append(number)
    return places


def _divide(fit: float, norm: float) -> float:
    return fit / norm if norm else 0.0
