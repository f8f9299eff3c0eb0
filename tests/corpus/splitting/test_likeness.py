from __future__ import annotations

import random
import string
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ft_core.corpus.splitting.likeness import SKETCH_BYTES, estimate_similarity, hash_and_sketch, hash_text, make_sketch


def make_letters(count: int, seed: int = 0, alphabet: str = string.ascii_lowercase) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=count))


def list_shingles(text: str) -> set[str]:
    return {text[start : start + 5] for start in range(len(text) - 4)}


def test_spaces_punctuation_and_letter_case_do_not_tell_texts_apart() -> None:
    assert hash_text("\ufeff「The Fox,\r\n a crane…」") == hash_text("the_fox　A CRANE")
    assert hash_text("The fox and a crane") != hash_text("The fox and a crab")


def test_the_same_letter_in_another_encoding_is_the_same_letter() -> None:
    text = "がくせいの Élan ＡＢＣ ｶﾞｷﾞ"
    assert hash_text(unicodedata.normalize("NFD", text)) == hash_text(text)
    assert hash_text("ＡＢＣ１２") == hash_text("abc12")
    assert hash_text("ｶﾞｷﾞ") == hash_text("ガギ")


def test_a_text_without_letters_has_neither_hash_nor_sketch() -> None:
    assert hash_and_sketch(" \u3000… _ ") == (b"", b"")


def test_a_short_text_has_a_hash_but_no_sketch() -> None:
    assert make_sketch(make_letters(99)) == b""
    assert len(make_sketch(make_letters(100))) == SKETCH_BYTES == 512
    assert len(hash_text("fox")) == 16


@pytest.mark.parametrize("alphabet", [string.ascii_lowercase, "".join(map(chr, range(0x4E00, 0x5800))), "𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇"])
@pytest.mark.parametrize("kept", [0, 300, 600, 900, 990])
def test_sketches_estimate_the_share_of_common_shingles(alphabet: str, kept: int) -> None:
    first = make_letters(1000, alphabet=alphabet)
    second = first[:kept] + make_letters(1000 - kept, seed=1, alphabet=alphabet)
    shingles = list_shingles(first), list_shingles(second)
    share = len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])
    assert estimate_similarity(make_sketch(first), make_sketch(second)) == pytest.approx(share, abs=0.15)


def test_a_sketch_is_the_same_on_every_machine() -> None:
    # The first slots. Other sketches would judge borderline pairs otherwise, and so split the same tales otherwise.
    assert make_sketch(make_letters(200))[:12].hex() == "d037e94e6aba68038ecf662c"


@given(st.text(), st.text(alphabet=" .,_!?\u3000\n—「」", max_size=3))
def test_any_text_can_be_hashed_and_sketched_whatever_stands_between_its_letters(text: str, between: str) -> None:
    assert hash_and_sketch(text) == (hash_text(text), make_sketch(text))
    if text.isalnum() and text.isascii():
        assert hash_text(between.join(text)) == hash_text(text)


def test_lone_surrogates_are_no_letters() -> None:
    assert hash_text("fox\ud800") == hash_text("fox")


@pytest.mark.corpus
def test_a_tale_and_its_retellings_are_not_near_identical_but_two_spellings_of_it_are(corpus: Path) -> None:
    text = (corpus / "Japanese" / "texts" / "jp_007.txt").read_text("utf-8")
    retelling = (corpus / "Japanese" / "retellings" / "jp_007_v3" / "jp_007_gen_01.txt").read_text("utf-8")
    sketch = make_sketch(text)
    assert estimate_similarity(sketch, make_sketch(text.replace("。", ". ").replace("かぐや", "カグヤ"))) > 0.8
    assert 0.2 < estimate_similarity(sketch, make_sketch(retelling)) < 0.5
