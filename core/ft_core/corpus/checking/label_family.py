"""The two-step labels of the code book: which family a label belongs to, and which labels a family has."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["find_family", "list_labels"]

_Families = Mapping[str, tuple[str, ...]]


def find_family(label: str, families: _Families) -> str:
    """Return the family of a label, ``""`` for a label of none.

    >>> find_family("friend", {"Social & Alliance": ("friend", "ally"), "Romance": ("lover",)})
    'Social & Alliance'
    """
    return next((family for family, labels in families.items() if label in labels), "")


def list_labels(family: str, families: _Families) -> str:
    """Return the labels of a family in words.

    >>> families = {"Social & Alliance": ("friend", "ally", "colleague"), "Romance": ("lover",)}
    >>> list_labels("Social & Alliance", families), list_labels("Romance", families)
    ('friend, ally or colleague', 'lover')
    """
    *others, last = families[family]
    return f"{', '.join(others)} or {last}" if others else last
