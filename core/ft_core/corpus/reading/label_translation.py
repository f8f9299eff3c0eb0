"""Chinese and Japanese names of the code book's labels, as annotators may write them; each stands for one label of its list.

The terms, in ``label_translation.json``, are the usual ones of the two languages' folktale studies for what
``ft_core.codebook`` lists; Propp's functions after the common Chinese and Japanese renderings of his *Morphology*. A term that
could mean two labels is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources

__all__ = ["list_translations"]


def list_translations(title: str) -> Mapping[str, str]:
    """Return the canonical name of each Chinese or Japanese term of a list, by the list's title; none for other lists.

    >>> list_translations("sentiment")["敌意"]
    'hostile'
    """
    names = _read_table().get(title, {})
    return {term: name for name, terms in names.items() for term in terms}


@cache
def _read_table() -> Mapping[str, Mapping[str, list[str]]]:
    text = resources.files("ft_core.corpus.reading").joinpath("label_translation.json").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, list[str]]] = json.loads(text)
    return table
