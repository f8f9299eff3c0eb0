from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score
from sklearn.preprocessing import MultiLabelBinarizer

from ft_core import HierarchicalF1, ScoreRow, SetF1, make_score_sheet

NAMES = st.lists(st.sampled_from("abcde"), max_size=4)
ANSWERS = st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=12)


@given(ANSWERS)
def test_it_is_the_micro_f1_of_scikit_learn(answers: list[tuple[list[str], list[str]]]) -> None:
    rows = [ScoreRow() for _ in answers]
    for row, (gold, predicted) in zip(rows, answers, strict=True):
        SetF1("f").compare(row, gold, predicted)
    sheet = make_score_sheet(rows, [SetF1("f")])
    encoder = MultiLabelBinarizer(classes=list("abcde"))
    gold, predicted = (encoder.fit_transform([answer[side] for answer in answers]) for side in (0, 1))
    if gold.any() or predicted.any():
        assert sheet.metrics()["f"] == pytest.approx(f1_score(gold, predicted, average="micro", zero_division=0))
    else:
        assert sheet.metrics() == {}
    assert sheet.cases() == {"f": int(gold.sum())}


@given(st.lists(st.tuples(st.sampled_from(["p/a", "p/b", "q/c"]), st.sampled_from(["p/a", "p/b", "q/c", ""])), min_size=1))
def test_hierarchical_f1_is_the_micro_f1_of_labels_with_their_ancestors(pairs: list[tuple[str, str]]) -> None:
    metric, nodes, row, flat = HierarchicalF1("h"), SetF1("f"), ScoreRow(), ScoreRow()
    for number, (gold, predicted) in enumerate(pairs):
        metric.compare(row, gold.split("/"), [part for part in predicted.split("/") if part])
        given_nodes = {(number, predicted), (number, predicted[:1])} if predicted else set()
        nodes.compare(flat, {(number, gold), (number, gold[:1])}, given_nodes)
    assert metric.value(row.counts) == nodes.value(flat.counts)
    assert metric.cases(row.counts) == len(pairs)


def test_a_label_below_another_category_is_not_the_same_label() -> None:
    row = ScoreRow()
    HierarchicalF1("h").compare(row, ["physical", "cast"], ["existential", "cast"])
    assert HierarchicalF1("h").value(row.counts) == 0.0
