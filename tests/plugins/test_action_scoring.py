from __future__ import annotations

from typing import Any

import pytest

from ft_core import LabelPair, LeftOut
from tests.plugins.scoring import score


def action(category: str, kind: str, status: str = "success", function: str = "setup") -> dict[str, Any]:
    return {"category": category, "type": kind, "context": "", "status": status, "function": function}


CASES = (
    (action("physical", "flee"), action("physical", "flee", function="climax")),
    (action("physical", "flee", status=""), action("physical", "travel", status="failure")),
    (action("mental", "plan", function=""), action("mental", "plan")),
    (action("mental", "plan", status="attempt"), None),
)


def test_metrics_by_hand() -> None:
    sheet = score("action", *CASES)
    assert sheet.metrics() == pytest.approx(
        {
            "category_macro_f1": (1 + 2 / 3) / 2,  # physical 2/2 and 2/2; mental 1 of 2 found, nothing wrong
            "category_accuracy": 3 / 4,
            "type_macro_f1": (2 / 3 + 2 / 3) / 2,  # flee and plan: 1 of 2 found, nothing wrong; travel is not in gold
            "type_accuracy": 2 / 4,
            "status_macro_f1": (1 + 0) / 2,  # success, and attempt
            "status_accuracy": 2 / 3,
            "function_macro_f1": 2 * 1 / (3 + 1),  # setup; climax is not in gold
            "function_accuracy": 1 / 3,
            "hierarchical_f1": 2 * 5 / (8 + 6),  # of 8 gold nodes 5 are among the 6 predicted ones
        }
    )
    assert sheet.cases() == {
        "category_macro_f1": 4,
        "category_accuracy": 4,
        "type_macro_f1": 4,
        "type_accuracy": 4,
        "status_macro_f1": 3,
        "status_accuracy": 3,
        "function_macro_f1": 3,
        "function_accuracy": 3,
        "hierarchical_f1": 4,
    }


def test_blank_status_and_function_are_left_out_and_told() -> None:
    assert score("action", *CASES).left_out == [
        LeftOut(1, "$.status", "the gold value is blank", ("status_macro_f1", "status_accuracy")),
        LeftOut(2, "$.function", "the gold value is blank", ("function_macro_f1", "function_accuracy")),
    ]


def test_labels_stand_beside_their_gold() -> None:
    pairs = score("action", *CASES).pairs
    assert [pair for pair in pairs if pair.field == "type"] == [
        LabelPair(0, "type", "flee", "flee"),
        LabelPair(1, "type", "flee", "travel"),
        LabelPair(2, "type", "plan", "plan"),
        LabelPair(3, "type", "plan", None),
    ]
    assert {pair.field for pair in pairs} == {"category", "type", "status", "function"}
