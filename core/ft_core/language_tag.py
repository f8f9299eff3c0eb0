"""Language tags, such as ``zh-Hant``."""

from __future__ import annotations

import re

__all__ = ["primary_language"]


def primary_language(tag: str) -> str:
    """Return the first subtag of a language tag, in small letters: what RFC 5646 calls the primary language.

    >>> primary_language("zh-Hant"), primary_language("EN_gb"), primary_language("")
    ('zh', 'en', '')
    """
    return re.split("[-_]", tag.casefold(), maxsplit=1)[0]
