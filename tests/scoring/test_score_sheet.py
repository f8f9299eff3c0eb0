from __future__ import annotations

import pytest

from ft_core import (
    Accuracy,
    Answer,
    LabelPair,
    LeftOut,
    MacroF1,
    ScoreRow,
    ScoreSheet,
    compare_field,
    compare_label,
    make_score_sheet,
)

STATUS = Accuracy("status_accuracy")


def make_sheet(*pairs: tuple[str, str | None]) -> ScoreSheet:
    rows = [ScoreRow() for _ in pairs]
    for row, (gold, predicted) in zip(rows, pairs, strict=True):
        compare_label(row, Answer({}, {"status": gold}, predicted and {"status": predicted}, "t", "e"), "status", [STATUS])
    return make_score_sheet(rows, [STATUS])


def test_repeated_rows_count_again_as_in_a_bootstrap() -> None:
    sheet = make_sheet(("success", "success"), ("success", "failure"))
    assert sheet.metrics() == {"status_accuracy": 0.5}
    assert sheet.metrics([0, 0, 0, 1]) == {"status_accuracy": 0.75}
    assert sheet.cases([0, 0, 0, 1]) == {"status_accuracy": 4}


def test_no_rows_give_no_metric_but_name_it_with_no_case() -> None:
    assert make_sheet().metrics() == {}
    assert make_sheet(("success", "failure")).metrics([]) == {}
    assert make_sheet().cases() == {"status_accuracy": 0}


def test_a_blank_gold_label_is_neither_right_nor_wrong_and_is_told_with_its_row() -> None:
    sheet = make_sheet(("success", "success"), (" ", "failure"), ("", None))
    assert sheet.metrics() == {"status_accuracy": 1.0}
    assert sheet.left_out == [LeftOut(row, "$.status", "the gold value is blank", ("status_accuracy",)) for row in (1, 2)]
    assert sheet.pairs == [LabelPair(0, "status", "success", "success")]


def test_a_label_that_is_not_there_is_wrong_and_stays_apart_from_a_blank_one() -> None:
    sheet = make_sheet(("success", None))
    assert sheet.metrics() == {"status_accuracy": 0.0}
    assert sheet.pairs == [LabelPair(0, "status", "success", None)]


def test_a_text_is_compared_without_a_place_in_a_confusion_matrix() -> None:
    row = ScoreRow()
    assert compare_field(row, Answer({}, {"note": "x"}, {"note": "x"}, "t", "e"), "note", [STATUS])
    assert row.pairs == []


def test_two_metrics_may_not_share_a_name_under_which_both_would_count() -> None:
    with pytest.raises(ValueError, match="the metric 'type' is given twice"):
        make_score_sheet([], [Accuracy("type"), MacroF1("type")])


def test_a_sheet_of_counts_and_metrics_only_tells_no_cases() -> None:
    sheet = ScoreSheet([{"n": 1.0}], lambda sums: {"n": sums["n"] + sums["not there"]})
    assert (sheet.metrics(), sheet.cases(), sheet.left_out, sheet.pairs) == ({"n": 1.0}, {}, (), ())
