from __future__ import annotations

from collections.abc import Sequence

import pytest

from ft_core.example import Answer
from ft_core.infer.evaluate.interval import draw_weights, find_interval, subtract
from ft_core.infer.evaluate.permutation import find_p_values
from ft_core.infer.evaluate.tale_sum import TaleSums, list_keys
from ft_core.scores import ScoreSheet


def sums_of(rights: Sequence[tuple[str, int]]) -> TaleSums:
    """One answer for each pair of tale and 1 (right) or 0."""
    answers = [Answer({}, {}, {}, tale, str(number)) for number, (tale, _) in enumerate(rights)]
    sheet = ScoreSheet(
        [{"n": 1.0, "right": float(right)} for _, right in rights], lambda sums: {"a": sums["right"] / sums["n"]}
    )
    return TaleSums(sheet, answers, ["n", "right"])


def test_an_interval_by_hand() -> None:
    # Two tales, one all right and one all wrong: a resample is 0, 0.5 or 1, with chances 1/4, 1/2 and 1/4.
    sums = sums_of([("x", 1), ("x", 1), ("y", 0), ("y", 0)])
    resampled = sums.resample(draw_weights(2, seed=1))
    values = [each["a"] for each in resampled]
    assert set(values) == {0.0, 0.5, 1.0}
    assert 0.2 < values.count(0.0) / len(values) < 0.3
    interval = find_interval("a", resampled, 2)
    assert (interval.low, interval.high) == (0.0, 1.0)


def test_resampling_sums_is_resampling_rows() -> None:
    rights = [("x", 1), ("y", 0), ("y", 1), ("z", 1), ("z", 1), ("z", 0)]
    sums, weights = sums_of(rights), draw_weights(3, seed=4, resamples=20)
    for metrics, drawn in zip(sums.resample(weights), weights, strict=True):
        times = dict(zip("xyz", drawn, strict=True))
        rows = [number for number, (tale, _) in enumerate(rights) for _ in range(int(times[tale]))]
        assert metrics == pytest.approx(sums.sheet.metrics(rows))


def test_draws_are_the_same_for_a_seed_and_cover_all_tales() -> None:
    first, again, other = draw_weights(5, 1), draw_weights(5, 1), draw_weights(5, 2)
    assert (first == again).all()
    assert (first != other).any()
    assert set(first.sum(axis=1)) == {5.0}


def test_one_tale_tells_no_interval() -> None:
    interval = find_interval("a", sums_of([("x", 1)]).resample(draw_weights(1, 1)), 1)
    assert (interval.low, interval.high) == (None, None)


def test_a_metric_that_rests_on_nothing_in_most_resamples_has_no_interval() -> None:
    assert find_interval("a", [{"a": 1.0}, {}, {}], 3).low is None
    assert find_interval("a", [{"a": 1.0}, {"a": 1.0}, {}], 3).low == 1.0


def test_differences_are_those_of_the_same_resample() -> None:
    assert subtract([{"a": 1.0, "b": 2.0}, {"a": 0.5}], [{"a": 0.25}, {"a": 1.0}]) == [{"a": 0.75}, {"a": -0.5}]


def test_a_p_value_by_hand() -> None:
    # Three tales, all right against all wrong. Of the eight exchanges two are as extreme: none, and all three.
    right, wrong = sums_of([(tale, 1) for tale in "xyz"]), sums_of([(tale, 0) for tale in "xyz"])
    assert find_p_values(right, wrong, seed=1) == {"a": pytest.approx(2 / 8)}
    assert find_p_values(wrong, right, seed=1) == {"a": pytest.approx(2 / 8)}


def test_systems_that_are_alike_have_a_p_value_of_one() -> None:
    same = [(tale, number % 2) for number, tale in enumerate("abcdefghijklmn")]
    assert find_p_values(sums_of(same), sums_of(same), seed=1) == {"a": 1.0}


def test_with_many_tales_exchanges_are_drawn_and_p_is_never_zero() -> None:
    tales = [f"t{number}" for number in range(20)]
    right, wrong = sums_of([(tale, 1) for tale in tales]), sums_of([(tale, 0) for tale in tales])
    assert find_p_values(right, wrong, seed=1) == {"a": pytest.approx(1 / 1001)}


def test_keys_are_those_of_all_sheets() -> None:
    sheets = [ScoreSheet([{"b": 1.0}], lambda sums: {}), ScoreSheet([{"a": 1.0}, {"b": 1.0}], lambda sums: {})]
    assert list_keys(sheets) == ["a", "b"]
