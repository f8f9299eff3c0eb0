from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core.corpus.splitting.draw import draw_families
from ft_core.corpus.splitting.family import Family


def make_families(*sizes: int, culture: str = "en") -> list[Family]:
    names = (f"{culture}{number:03}" for number in range(len(sizes)))
    return [
        Family(name, culture, tuple(f"{name}.{tale}" for tale in range(size))) for name, size in zip(names, sizes, strict=True)
    ]


def count(families: list[Family]) -> int:
    return sum(family.size for family in families)


@pytest.mark.parametrize(
    ("sizes", "wanted", "drawn"),
    [
        ([1] * 10, 3, 3),
        ([2] * 10, 4, 4),
        ([2] * 10, 3, 2),
        ([3] * 10, 5, 6),
        ([3] * 10, 4, 3),
        ([6, 6, 6], 1, 6),
        ([9, 1, 1], 1, 1),
        ([20, 1, 1, 1], 3, 3),
        ([20, 2, 2], 3, 2),
        ([1, 1], 5, 1),
        ([5], 1, 0),
        ([], 1, 0),
        ([1, 1], 0, 0),
    ],
)
def test_a_draw_is_as_near_to_its_size_as_whole_families_allow(sizes: list[int], wanted: int, drawn: int) -> None:
    assert count(draw_families(make_families(*sizes), wanted, kept=1, seed=0, purpose="test")) == drawn


def test_a_small_culture_has_its_turn_as_often_as_its_share_says() -> None:
    families = [each for culture in "abcdef" for each in make_families(1, culture=culture)] + make_families(
        *[1] * 4, culture="zh"
    )
    drawn = Counter(draw_families(families, 1, 2, seed, "test")[0].culture for seed in range(500))
    assert drawn["zh"] == pytest.approx(200, abs=45)
    assert all(drawn[culture] == pytest.approx(50, abs=25) for culture in "abcdef")


def test_what_a_culture_cannot_give_another_one_gives() -> None:
    families = make_families(8, 8, culture="zh") + make_families(*[1] * 16, culture="en")
    assert Counter(each.culture for each in draw_families(families, 8, 1, 0, "test") for _ in each.tales) == {"en": 8}


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 30), min_size=1),
    st.integers(0, 120),
    st.integers(1, 2),
    st.integers(0, 99),
)
@settings(deadline=None)
def test_single_tales_are_drawn_exactly_and_each_culture_gives_its_share(
    cultures: dict[str, int], size: int, kept: int, seed: int
) -> None:
    families = [each for culture, tales in cultures.items() for each in make_families(*[1] * tales, culture=culture)]
    drawn = draw_families(families, size, kept, seed, "test")
    size = max(min(size, len(families) - kept), 0)
    assert len({family.family_id for family in drawn}) == len(drawn) == size
    given_by = Counter(family.culture for family in drawn)
    assert all(abs(given_by[culture] - size * tales / len(families)) < 1 for culture, tales in cultures.items())


@given(st.lists(st.integers(1, 9), max_size=20), st.integers(0, 60), st.integers(1, 2), st.integers(0, 99))
@settings(deadline=None)
def test_no_family_is_drawn_twice_and_some_are_left(sizes: list[int], size: int, kept: int, seed: int) -> None:
    families = make_families(*sizes)
    drawn = draw_families(families, size, kept, seed, "test")
    assert len({family.family_id for family in drawn}) == len(drawn)
    assert len(families) - len(drawn) >= min(kept, len(families))
    if size and len(families) > kept:
        assert drawn
