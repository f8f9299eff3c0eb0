from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ft_core.corpus.reading.document import RefusedError
from ft_core.infer.annotate.reading.text_tale import name_text_tale, read_text_tale

TEXT = "从前有一只狐狸。\nA fox.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_utf_8_and_utf_16_with_a_mark_are_read_with_any_line_ends(encoding: str, end: str) -> None:
    story = read_text_tale(TEXT.replace("\n", end).encode(encoding), "tales/fox.txt")
    assert (story.id, story.title, story.language, story.text) == ("fox", "fox", "zh", TEXT)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            TEXT.encode("gb18030"),
            "is not UTF-8: byte 0xb4 at offset 0, line 1; save it as UTF-8, for instance by: iconv -f GB18030",
        ),
        (b"A fox.\nA cr\xe8che.", "is not UTF-8: byte 0xe8 at offset 11, line 2; save it as UTF-8"),
        (
            TEXT.encode("utf-16-le"),
            "holds NUL bytes, as UTF-16 without a byte order mark and UTF-32 do; save it as UTF-8, for instance by: iconv -f UTF-16LE",
        ),
        (TEXT.encode("utf-32"), "holds NUL bytes"),
        (TEXT.encode("utf-16")[:-1], "is not UTF-16, as its byte order mark says: byte"),
        (b"", "holds no text"),
        (" \u3000\n".encode(), "holds no text"),
    ],
)
def test_other_encodings_and_empty_files_are_refused_with_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read_text_tale(data, "fox.txt")
    (refusal,) = caught.value.refusals
    assert refusal.reason.startswith(reason)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        story = read_text_tale(data, "fox.txt")
    except RefusedError:
        return
    assert story.text.strip()
    assert "\r" not in story.text


def test_a_tale_is_named_after_its_file_in_composed_letters() -> None:
    assert name_text_tale("a/Cafe\u0301 1.TXT") == "Caf\u00e9 1"
