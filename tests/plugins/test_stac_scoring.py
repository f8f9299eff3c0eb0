from __future__ import annotations

from typing import Any

import pytest

from ft_core import LeftOut, chrf
from tests.plugins.scoring import score

HEADS = ("situation", "task", "action", "consequence")


def record(**heads: str) -> dict[str, str]:
    return dict.fromkeys(HEADS, "") | heads


AB_OF_ABC = 7 / 11  # see test_chrf_by_hand


def test_metrics_by_hand() -> None:
    sheet = score(
        "stac",
        (record(situation="abc", action="狐狸跑了"), record(situation="ab", action="狐狸跑了", task="x")),
        (record(action="abc"), record(consequence="abc")),
        (record(action="abc"), None),
    )
    assert sheet.metrics() == pytest.approx(
        {
            "record_f1": 2 * (AB_OF_ABC + 1) / (4 + 4),
            "chrf": (AB_OF_ABC + 1 + 0 + 0) / 4,
            "presence_f1": 2 * 2 / (4 + 4),
            "situation_presence_f1": 1.0,
            "situation_chrf": AB_OF_ABC,
            "task_presence_f1": 0.0,
            "action_presence_f1": 2 * 1 / (3 + 1),
            "action_chrf": 1 / 3,
            "consequence_presence_f1": 0.0,
        }
    )
    assert sheet.cases() == {
        "record_f1": 4,
        "chrf": 4,
        "presence_f1": 4,
        "head_macro_f1": 0,
        "head_accuracy": 0,
        "situation_presence_f1": 1,
        "situation_chrf": 1,
        "task_presence_f1": 0,
        "task_chrf": 0,
        "action_presence_f1": 3,
        "action_chrf": 3,
        "consequence_presence_f1": 0,
        "consequence_chrf": 0,
    }


SEGMENT = "abc. 狐狸跑了。 xyz. End."


def sentences(*heads: str) -> dict[str, Any]:
    texts = ("abc.", "狐狸跑了。", "xyz.", "End.")
    return {"sentences": [{"text": text, "head": head} for text, head in zip(texts, heads, strict=False)]}


def test_metrics_of_sentences_by_hand() -> None:
    sheet = score(
        "stac",
        (sentences("situation", "action", "action", "none"), sentences("situation", "action", "task", "action")),
        (sentences("action", "action", "action", "action"), None),
        inputs={"segment": SEGMENT},
    )
    metrics, cases = sheet.metrics(), sheet.cases()
    assert (cases["head_accuracy"], cases["head_macro_f1"], cases["record_f1"]) == (7, 7, 3)
    assert metrics["head_accuracy"] == pytest.approx(2 / 7)
    # situation: found, nothing else called so; action: 6 in gold, 1 found; what has no head in gold counts nowhere
    assert metrics["head_macro_f1"] == pytest.approx((1 + 2 * 1 / (6 + 1)) / 2)
    action = chrf("狐狸跑了。 End.", "狐狸跑了。 xyz.")
    assert metrics["record_f1"] == pytest.approx(2 * (1 + action) / (3 + 3))
    unsorted = LeftOut(0, "$.sentences[3].head", "the sentence is under no head in gold", ("head_macro_f1", "head_accuracy"))
    assert unsorted in sheet.left_out
    assert [(pair.gold, pair.predicted) for pair in sheet.pairs[:3]] == [
        ("situation", "situation"),
        ("action", "action"),
        ("action", "task"),
    ]
    assert [pair.predicted for pair in sheet.pairs[3:]] == [None] * 4


def test_a_head_that_is_empty_in_gold_counts_for_presence_only_and_is_told() -> None:
    sheet = score("stac", (record(situation="a", action="b", consequence="c"), record(action="b")))
    assert sheet.left_out == [
        LeftOut(0, "$.task", "the head is empty in gold: it counts for presence only", ("chrf", "task_chrf"))
    ]


def test_copying_the_segment_under_every_head_pays_by_chrf_but_not_by_record_f1() -> None:
    gold, segment = record(situation="The fox was old.", action="It slept."), "The fox was old. It slept."
    copied = score("stac", (gold, dict.fromkeys(HEADS, segment))).metrics()
    assert copied["chrf"] > 0.6
    assert copied["record_f1"] == pytest.approx(2 * 2 * copied["chrf"] / (2 + 4))


def test_a_head_of_blanks_is_empty() -> None:
    assert score("stac", (record(action="b", task=" "), record(action="b", task="\u3000"))).metrics()["presence_f1"] == 1.0
