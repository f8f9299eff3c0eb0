from __future__ import annotations

import random
import re
import sys

import pytest

from ft_core.corpus.beside.bare_text import BareText, strip_bare

TEXT = "\u3000Once\xa0a fox\r\n\r\nlived  there.\n"


def test_white_space_of_every_kind_is_left_out() -> None:
    spaces = "".join(chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace())
    assert {"\u3000", "\xa0", "\x85", "\u2028"} < set(spaces)
    assert strip_bare(f"a{spaces}b") == BareText.of(f"a{spaces}b").bare == "ab"
    assert re.sub(r"\s", "", spaces) == ""  # the pattern and str.isspace agree


@pytest.mark.parametrize(
    "text", ["", " \n", "a", TEXT, "無空白", *("".join(random.Random(n).choices("ab \n\u3000", k=30)) for n in range(20))]
)
def test_every_passage_is_cut_as_the_text_has_it(text: str) -> None:
    bare = BareText.of(text)
    places = [offset for offset, letter in enumerate(text) if not letter.isspace()]
    assert bare.bare == "".join(text[place] for place in places)
    for start in range(len(places)):
        assert bare.cut(start, start) == ""
        for end in range(start + 1, len(places) + 1):
            assert bare.cut(start, end) == text[places[start] : places[end - 1] + 1]


@pytest.mark.parametrize("text", ["", " \n", "a", TEXT, "無空白"])
def test_letters_before_an_offset_are_counted(text: str) -> None:
    bare = BareText.of(text)
    for offset in range(-1, len(text) + 3):
        assert bare.count_before(offset) == len(strip_bare(text[: max(0, offset)]))
