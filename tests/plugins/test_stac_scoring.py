from __future__ import annotations

import pytest

from ft_core import LeftOut
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
        "situation_presence_f1": 1,
        "situation_chrf": 1,
        "task_presence_f1": 0,
        "task_chrf": 0,
        "action_presence_f1": 3,
        "action_chrf": 3,
        "consequence_presence_f1": 0,
        "consequence_chrf": 0,
    }


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
