from __future__ import annotations

import pytest

from tests.plugins.scoring import score


def instrument(name: str) -> dict[str, str]:
    return {"instrument": name, "explanation": ""}


def test_metrics_by_hand() -> None:
    sheet = score(
        "instrument",
        (instrument("silver comb"), instrument("silver comb")),
        (instrument("牛皮; rope"), instrument("rope;牛皮")),
        (instrument("drum"), instrument("a drum")),
        (instrument("pot"), instrument("")),
        (instrument("pot"), None),
        (instrument(""), instrument("bag")),
        (instrument(""), instrument("")),
        (instrument(""), None),
    )
    assert sheet.metrics() == pytest.approx({"detection_f1": 2 * 3 / (5 + 4), "name_accuracy": 2 / 5})
    assert sheet.cases() == {"detection_f1": 5, "name_accuracy": 5}


def test_never_seeing_one_scores_nothing_however_few_there_are() -> None:
    sheet = score("instrument", (instrument("pot"), instrument("")), *[(instrument(""), instrument(""))] * 9)
    assert sheet.metrics() == {"detection_f1": 0.0, "name_accuracy": 0.0}


def test_where_gold_has_none_only_a_false_one_can_be_measured() -> None:
    assert score("instrument", (instrument(""), instrument(""))).metrics() == {}
    assert score("instrument", (instrument(""), instrument("pot"))).metrics() == {"detection_f1": 0.0}
