from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core.corpus.balance import EmptyAnswers
from ft_core.corpus.lot import draw_lot

LOTS = st.lists(st.integers(0, 2**64 - 1), max_size=60)
CAPS = st.floats(0.001, 0.999)


def note(lots: Sequence[int]) -> EmptyAnswers:
    """Note an empty answer a lot, on every second line."""
    answers = EmptyAnswers()
    for number, lot in enumerate(lots):
        answers.add(2 * number, lot)
    return answers


@given(LOTS, st.integers(1, 200), CAPS)
@settings(deadline=None)
def test_no_more_than_the_cap_is_empty_and_one_more_would_be_too_many(lots: list[int], filled: int, cap: float) -> None:
    kept = len(lots) - len(note(lots).choose_dropped(filled + len(lots), cap))
    assert Fraction(kept, filled + kept) <= Fraction(cap) + Fraction(1, 10**9)
    if kept < len(lots):
        assert Fraction(kept + 1, filled + kept + 1) > Fraction(cap)


@given(LOTS, st.integers(1, 50), CAPS)
@settings(deadline=None)
def test_the_lowest_lots_stay(lots: list[int], filled: int, cap: float) -> None:
    dropped = note(lots).choose_dropped(filled + len(lots), cap)
    stay = [lot for place, lot in enumerate(lots) if place not in dropped]
    assert not stay or not dropped or max(stay) <= min(lots[place] for place in dropped)
    assert list(dropped) == sorted(dropped)
    assert list(dropped.values()) == [2 * place for place in dropped]


@given(LOTS, CAPS)
@settings(deadline=None)
def test_all_stay_where_every_answer_is_empty(lots: list[int], cap: float) -> None:
    assert note(lots).choose_dropped(len(lots), cap) == {}


@pytest.mark.parametrize(
    ("cap", "filled", "kept"), [(0.5, 3, 3), (0.1, 9, 1), (0.6, 4, 6), (0.7, 3, 7), (0.35, 13, 7), (0.75, 1, 3)]
)
def test_a_cap_that_is_met_exactly_drops_none_too_many(cap: float, filled: int, kept: int) -> None:
    assert len(note(range(20)).choose_dropped(filled + 20, cap)) == 20 - kept


def test_of_two_equal_lots_the_earlier_stays() -> None:
    assert note([5, 5, 5]).choose_dropped(4, 0.5) == {1: 2, 2: 4}


def test_nothing_is_dropped_where_nothing_is_empty() -> None:
    assert len(note([])) == 0
    assert len(note([1, 2])) == 2
    assert note([]).choose_dropped(5, 0.01) == {}


def test_a_lot_is_the_same_on_every_machine_and_its_names_are_not_run_together() -> None:
    assert draw_lot(3407, "instrument", "狐", "e1") == 13256479537322901679
    assert draw_lot(1, "ab", "c") != draw_lot(1, "a", "bc")
    assert draw_lot(1, "fox") != draw_lot(2, "fox")


def test_lots_are_spread_evenly() -> None:
    low = sum(draw_lot(7, f"e{number}") < 2**62 for number in range(1000))
    assert 200 < low < 300
