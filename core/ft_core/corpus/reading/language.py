"""The language of a tale, read off the script of its text."""

from __future__ import annotations

import re

from ft_core.language_tag import primary_language

__all__ = ["detect_language"]

_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_KANA_SHARE = 0.05
_OF_THESE_SCRIPTS = {"zh", "ja"}


def detect_language(text: str, declared: str) -> str:
    """Return the language that a text is in: the declared one, unless it is missing or the script contradicts it.

    Kana make a text Japanese (a few in a Chinese text do not), Chinese characters alone make it Chinese, unless it is
    declared Japanese; a text in Latin letters is English where nothing, or one of those two, is declared.

    Args:
        text: the tale; without letters it decides nothing.
        declared: what the file says, a language tag such as ``zh-Hant``, or ``""``.

    >>> detect_language("むかしむかし、おじいさんが", "en"), detect_language("从前有座山", ""), detect_language("Once", "fr")
    ('ja', 'zh', 'fr')
    """
    kana, han, latin = (sum(map(len, script.findall(text))) for script in (_KANA, _HAN, _LATIN))
    primary = primary_language(declared)
    if latin > kana + han:
        return declared if declared and primary not in _OF_THESE_SCRIPTS else "en"
    if kana > _KANA_SHARE * (kana + han):
        return declared if primary == "ja" else "ja"
    if han:
        return declared if primary in _OF_THESE_SCRIPTS else "zh"
    return declared
