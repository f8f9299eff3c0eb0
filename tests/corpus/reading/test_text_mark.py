from __future__ import annotations

import pytest

from ft_core.corpus.reading.text_mark import count_marks
from tests.tales import make_tale, read_story


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("｜御伽噺《おとぎばなし》の鬼《オニ》", {"aozora-ruby": 2}),
        ("［＃ここから２字下げ］むかし［＃「むかし」に傍点］", {"aozora-note": 2}),
        ("薪（まき）と機(はた)", {"furigana-in-brackets": 2}),
        ("候念过《楞严经》，现在多半都忘了", {}),
        ("かれは（そう）言（い）った（笑）", {"furigana-in-brackets": 1}),
        ("He said (so).", {}),
        ("\u3000むかし\u3000\u00a0", {"ideographic-space": 2, "no-break-space": 1}),
        ("しば刈かりに行きました", {}),
        ("", {}),
    ],
)
def test_marks_of_editors_are_counted_by_kind(text: str, marks: dict[str, int]) -> None:
    assert count_marks(text) == marks


def test_a_text_is_left_as_it_is_whatever_marks_it_holds() -> None:
    text = "\u3000｜山《やま》へ\r\n薪（まき）を\u00a0取りに［＃改ページ］"
    tale = make_tale(source_info={"language": "ja", "text_content": text})
    tale["narrative_events"][0]["text_span"]["text"] = text
    story = read_story(tale)
    assert (story.text, story.events[0].text) == (text, text)
