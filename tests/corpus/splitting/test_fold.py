from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ft_core.corpus.splitting.family import Family, list_families
from ft_core.corpus.splitting.fold import deal_folds
from ft_core.errors import DataError
from tests.corpus.cards import make_cards


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 25), min_size=1), st.integers(2, 10), st.integers(0, 99))
@settings(deadline=None)
def test_every_tale_is_in_one_fold_and_folds_differ_by_one_tale_at_most(
    cultures: dict[str, int], folds: int, seed: int
) -> None:
    cards = make_cards(**cultures)
    families = list_families(cards, {card.story_id: card.story_id for card in cards})
    assume(len(families) >= folds)
    dealt = deal_folds(families, folds, seed)
    assert sorted(family.family_id for fold in dealt for family in fold) == [family.family_id for family in families]
    for tales in [
        *([Counter(each.culture for each in fold)[culture] for fold in dealt] for culture in cultures),
        [*map(len, dealt)],
    ]:
        assert max(tales) - min(tales) <= 1


def test_large_families_are_evened_out_by_single_tales() -> None:
    families = [Family(f"f{size}{number}", "en", ("t",) * size) for size in (6, 1) for number in range(1 if size == 6 else 12)]
    assert sorted(sum(family.size for family in fold) for fold in deal_folds(families, 3, seed=1)) == [6, 6, 6]


def test_more_folds_than_tales_are_refused() -> None:
    families = [Family("a", "en", ("a", "b")), Family("c", "en", ("c",))]
    with pytest.raises(DataError) as caught:
        deal_folds(families, 3, seed=0)
    assert str(caught.value) == "3 folds cannot be made of 3 tales, of which only 2 differ; ask for 2 folds at most."
    with pytest.raises(DataError) as caught:
        deal_folds(families[1:], 2, seed=0)
    assert str(caught.value) == "2 folds cannot be made of 1 tale; there must be two tales that differ."
