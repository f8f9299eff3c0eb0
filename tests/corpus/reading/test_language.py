from __future__ import annotations

import pytest

from ft_core.corpus.reading.language import detect_language


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("むかし、山に鬼がいた。", "en", "ja"),
        ("むかし、山に鬼がいた。", "ja-JP", "ja-JP"),
        ("从前有一座山，山里有个和尚。", "en", "zh"),
        ("从前有一座山，山里有个和尚。", "zh-Hant", "zh-Hant"),
        ("昔々山有鬼", "ja", "ja"),
        ("从前有一座山，山里有个和尚在讲故事の给小和尚听，讲的是从前有一座山", "", "zh"),
        ("Once upon a time", "", "en"),
        ("Once upon a time", "zh", "en"),
        ("Il était une fois", "fr", "fr"),
        ("옛날 옛적에", "ko", "ko"),
        ("", "zh", "zh"),
        ("1, 2, 3", "", ""),
    ],
)
def test_the_script_decides_where_the_declared_language_is_missing_or_wrong(text: str, declared: str, language: str) -> None:
    assert detect_language(text, declared) == language
