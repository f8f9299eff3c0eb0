from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from ft_core import MacroF1, ScoreRow, make_score_sheet

CASES = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["a", "b", "c", "e", "", None])), min_size=1, max_size=30)


def macro_f1(cases: list[tuple[str, str | None]]) -> float:
    rows = [ScoreRow() for _ in cases]
    for row, (gold, predicted) in zip(rows, cases, strict=True):
        MacroF1("m").compare(row, gold, predicted)
    return make_score_sheet(rows, [MacroF1("m")]).metrics()["m"]


@given(CASES)
def test_it_is_that_of_scikit_learn_over_the_labels_of_gold(cases: list[tuple[str, str | None]]) -> None:
    gold, predicted = [case[0] for case in cases], [str(case[1]) for case in cases]
    theirs = f1_score(gold, predicted, labels=sorted(set(gold)), average="macro", zero_division=0)
    assert macro_f1(cases) == pytest.approx(theirs)


def test_a_label_that_was_only_predicted_does_not_enter_the_mean_as_it_does_in_scikit_learn_without_labels() -> None:
    cases: list[tuple[str, str | None]] = [("a", "a"), ("b", "b"), ("b", "z")]
    assert macro_f1(cases) == pytest.approx((1 + 2 / 3) / 2)
    assert f1_score([case[0] for case in cases], [case[1] for case in cases], average="macro") == pytest.approx((1 + 2 / 3) / 3)


def test_a_missing_prediction_is_a_miss_and_costs_no_other_label_its_precision() -> None:
    assert macro_f1([("a", "a"), ("a", None), ("b", "b")]) == pytest.approx((2 / 3 + 1) / 2)


def test_its_cases_are_gold_labels_of_which_there_may_be_none() -> None:
    row = ScoreRow()
    assert (MacroF1("m").value(row.counts), MacroF1("m").cases(row.counts)) == (None, 0)
    MacroF1("m").compare(row, "a", "b")
    assert (MacroF1("m").value(row.counts), MacroF1("m").cases(row.counts)) == (0.0, 1)
