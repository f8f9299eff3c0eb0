from __future__ import annotations

import json
import random
import string
import time
from pathlib import Path

import pytest

from ft_core.corpus.splitting.alike import AlikePair, find_alike, find_id_root
from ft_core.corpus.splitting.tale_card import TaleCard
from tests.corpus.cards import make_card


def make_text(seed: int, words: int = 200) -> str:
    draw = random.Random(seed)
    return " ".join("".join(draw.choices(string.ascii_lowercase, k=5)) for _ in range(words))


def change_words(text: str, every: int) -> str:
    return " ".join("other" if place % every == 0 else word for place, word in enumerate(text.split()))


@pytest.mark.parametrize(
    ("story_id", "root"),
    [
        ("CH_002_牛郎织女", "ch_002"),
        ("CH_002_牛郎织女2", "ch_002"),
        ("EN_001_The_Lion_and_the_Crane", "en_001"),
        ("jp_001", "jp_001"),
        ("JP_001_v1", "jp_001"),
        ("KHM_0015_Hansel", "khm_0015"),
        ("sample_en_04_tam_lin", ""),
        ("sample_zh_001", ""),
        ("en_04_tam_lin", ""),
        ("ATU_0327A", ""),
        ("牛郎织女2", ""),
        ("fox2", ""),
        ("002", ""),
        ("", ""),
    ],
)
def test_an_id_root_is_a_collection_and_a_number(story_id: str, root: str) -> None:
    assert find_id_root(story_id) == root


def test_two_annotations_of_one_tale_are_known_by_their_ids() -> None:
    cards = [make_card("CH_002_牛郎织女2", "short"), make_card("CH_002_牛郎织女"), make_card("CH_003_孟姜女哭长城")]
    assert find_alike(cards) == [AlikePair("CH_002_牛郎织女", "CH_002_牛郎织女2", "same id root", None)]


def test_the_same_text_is_found_in_other_spacing_and_however_short() -> None:
    cards = [
        make_card("b", "The fox, the crane."),
        make_card("a", "the fox  the crane"),
        make_card("c", "The fox."),
        make_card("d"),
    ]
    assert find_alike(cards) == [AlikePair("a", "b", "same text", 1.0)]


def test_a_near_identical_text_is_found_with_its_similarity() -> None:
    text = make_text(1)
    cards = [make_card("a", text), make_card("b", change_words(text, every=12)), make_card("c", make_text(2))]
    (pair,) = find_alike(cards)
    assert (pair.first_id, pair.second_id, pair.reason) == ("a", "b", "near-identical text")
    assert pair.similarity == pytest.approx(0.76, abs=0.12)


def test_texts_that_share_a_third_are_two_tales() -> None:
    text = make_text(1)
    assert find_alike([make_card("a", text), make_card("b", text[:600] + make_text(2)[600:])]) == []


def test_a_pair_known_by_its_ids_tells_how_like_the_texts_are() -> None:
    text = make_text(1)
    pairs = find_alike([make_card("EN_001_a", text), make_card("EN_001_b", text), make_card("EN_001_c", make_text(2))])
    assert [(pair.second_id, pair.reason) for pair in pairs] == [("EN_001_b", "same id root"), ("EN_001_c", "same id root")]
    assert pairs[0].similarity == 1.0
    assert pairs[1].similarity is not None
    assert pairs[1].similarity < 0.1


def test_a_family_of_four_gives_three_pairs_whatever_connects_it() -> None:
    text = make_text(1)
    cards = [
        make_card("EN_001_a"),
        make_card("EN_001_b", text),
        make_card("other", text.upper()),
        make_card("third", change_words(text, every=12)),
    ]
    pairs = find_alike(cards)
    assert [(pair.first_id, pair.second_id, pair.reason) for pair in pairs] == [
        ("EN_001_a", "EN_001_b", "same id root"),
        ("EN_001_b", "other", "same text"),
        ("EN_001_b", "third", "near-identical text"),
    ]


def test_pairs_do_not_depend_on_the_order_of_the_tales() -> None:
    text = make_text(1)
    cards = [make_card(f"t{number}", change_words(text, every=number)) for number in range(3, 30)]
    pairs = find_alike(cards)
    assert pairs
    for seed in range(5):
        random.Random(seed).shuffle(cards)
        assert find_alike(cards) == pairs


def make_random_cards(count: int, agreeing: float) -> list[TaleCard]:
    draw = random.Random(0)
    common = draw.randbytes(512)
    slots = range(0, 512, 4)
    sketches = [
        b"".join(common[at : at + 4] if draw.random() < agreeing else draw.randbytes(4) for at in slots) for _ in range(count)
    ]
    return [TaleCard(f"tale{number:05}", "", sketch=sketch) for number, sketch in enumerate(sketches)]


@pytest.mark.parametrize(("agreeing", "pairs"), [(0.0, 0), (0.5, 0), (0.9, 1999), (1.0, 1999)])
def test_many_tales_are_compared_in_good_time_like_or_unlike(agreeing: float, pairs: int) -> None:
    cards = make_random_cards(2000, agreeing)
    before = time.process_time()
    assert len(find_alike(cards)) == pairs
    assert time.process_time() - before < 2


@pytest.mark.corpus
def test_the_tales_of_the_corpus_are_all_different_and_its_versions_are_not(corpus: Path) -> None:
    cards = {version: [read_card(file, version) for file in sorted(corpus.glob(f"*/{version}/*.json"))] for version in VERSIONS}
    assert find_alike(cards["json_v3"]) == []
    assert [pair.second_id for pair in find_alike(cards["json_v2"])] == ["json_v2 CH_002_牛郎织女_v2"]
    known_by_text = find_alike(cards["json_v2"] + cards["json_v3"])
    assert {pair.reason for pair in known_by_text} == {"same text"}
    assert len(known_by_text) == len(cards["json_v2"])


VERSIONS = ("json_v2", "json_v3")


def read_card(file: Path, version: str) -> TaleCard:
    tale = json.loads(file.read_text("utf-8"))
    segments = [event["text_span"]["text"] for event in tale["narrative_events"] if event.get("text_span")]
    return make_card(f"{version} {file.stem}", tale["source_info"].get("text_content") or " ".join(segments))
