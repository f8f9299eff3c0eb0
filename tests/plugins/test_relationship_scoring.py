from __future__ import annotations

from typing import Any

import pytest

from ft_core import LabelPair, LeftOut
from tests.plugins.scoring import score

HOSTILE_RIVAL = ("Adversarial", "rival", "hostile")
HOSTILE_ENEMY = ("Adversarial", "enemy", "hostile")
FRIEND = ("Social & Alliance", "friend", "positive")


def ties(*given: tuple[str, tuple[str, str, str]]) -> dict[str, Any]:
    keys = ("agent", "target", "relationship_level1", "relationship_level2", "sentiment")
    return {"relationships": [dict(zip(keys, (*pair.split(">"), *labels), strict=True)) for pair, labels in given]}


def test_metrics_by_hand() -> None:
    sheet = score(
        "relationship",
        (ties(("fox>crane", HOSTILE_RIVAL), ("fox>owl", FRIEND)), ties(("fox>crane", HOSTILE_ENEMY), ("owl>fox", FRIEND))),
        (ties(("hen>owl", FRIEND)), ties(("hen>owl", ("Social & Alliance", "friend", "neutral")))),
        (ties(("hen>fox", FRIEND)), None),
    )
    assert sheet.metrics() == pytest.approx(
        {
            "pair_f1": 2 * 2 / (4 + 3),
            "pair_level1_f1": 2 * 2 / (4 + 3),
            "triple_f1": 2 * 1 / (4 + 3),
            "sentiment_accuracy": 1 / 2,
        }
    )
    assert sheet.cases() == {"pair_f1": 4, "pair_level1_f1": 4, "triple_f1": 4, "sentiment_accuracy": 2}
    reason = "the answer does not tie this agent to this target"
    assert sheet.left_out == [
        LeftOut(0, "$.relationships[1].sentiment", reason, ("sentiment_accuracy",)),
        LeftOut(2, "$.relationships[0].sentiment", reason, ("sentiment_accuracy",)),
    ]


def test_labels_stand_beside_their_gold_where_the_pair_is_the_same() -> None:
    pairs = score("relationship", (ties(("fox>crane", HOSTILE_RIVAL)), ties(("fox>crane", HOSTILE_ENEMY)))).pairs
    assert pairs == [
        LabelPair(0, "relationship_level1", "Adversarial", "Adversarial"),
        LabelPair(0, "relationship_level2", "rival", "enemy"),
        LabelPair(0, "sentiment", "hostile", "hostile"),
    ]


def test_another_family_is_wrong_from_level_1_on() -> None:
    sheet = score("relationship", (ties(("fox>crane", HOSTILE_RIVAL)), ties(("fox>crane", FRIEND))))
    assert sheet.metrics() == {"pair_f1": 1.0, "pair_level1_f1": 0.0, "triple_f1": 0.0, "sentiment_accuracy": 0.0}


def test_several_ties_of_one_pair_are_matched_in_any_order_and_a_missed_one_is_wrong() -> None:
    both = ties(("fox>crane", FRIEND), ("fox>crane", HOSTILE_RIVAL))
    swapped = ties(("fox>crane", HOSTILE_RIVAL), ("fox>crane", FRIEND))
    assert set(score("relationship", (both, swapped)).metrics().values()) == {1.0}
    one = score("relationship", (both, ties(("fox>crane", HOSTILE_RIVAL))))
    assert one.metrics() == pytest.approx(
        {"pair_f1": 1.0, "pair_level1_f1": 2 / 3, "triple_f1": 2 / 3, "sentiment_accuracy": 1 / 2}
    )
