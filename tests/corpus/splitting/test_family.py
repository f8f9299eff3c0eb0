from __future__ import annotations

import random

from ft_core.corpus.splitting.alike import AlikePair
from ft_core.corpus.splitting.family import Family, group_families, list_families
from ft_core.corpus.splitting.kinship import Kinship
from tests.corpus.cards import make_card, make_cards


def test_a_family_is_everything_that_pairs_connect_and_named_after_its_smallest_id() -> None:
    pairs = [AlikePair("b", "d", "same text"), AlikePair("a", "d", "same text"), AlikePair("c", "e", "same text")]
    cards = [make_card(each) for each in "fedcba"]
    families = {"a": "a", "b": "a", "c": "c", "d": "a", "e": "c", "f": "f"}
    for seed in range(5):
        random.Random(seed).shuffle(pairs)
        assert list(group_families(cards, pairs).items()) == list(families.items())


def test_joining_tells_whether_two_families_were_two() -> None:
    kinship = Kinship("abc")
    assert kinship.join("c", "b")
    assert not kinship.join("b", "c")
    assert kinship.are_related("b", "c")
    assert not kinship.are_related("a", "c")


def test_a_family_is_of_the_culture_of_its_smallest_id() -> None:
    cards = [*make_cards(zh=1), make_card("a", culture="en"), make_card("b", culture="ja")]
    families = list_families(cards, {"a": "a", "b": "b", "zh0": "a"})
    assert families == [Family("a", "en", ("a", "zh0")), Family("b", "ja", ("b",))]
    assert [family.size for family in families] == [2, 1]
