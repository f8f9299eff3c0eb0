from __future__ import annotations

from typing import Any

import pytest

from ft_core import LabelPair, LeftOut
from tests.plugins.scoring import score

KNOWN = {"known_characters": [{"name": "Fox", "alias": "the red one;Reynard"}, {"name": "Crane", "alias": ""}]}


def people(doers: list[str], receivers: list[str], *new: tuple[str, str, str]) -> dict[str, Any]:
    listed = [dict(zip(("name", "alias", "archetype"), each, strict=True)) for each in new]
    return {"doers": doers, "receivers": receivers, "new_characters": listed, "notes": ""}


def test_metrics_by_hand() -> None:
    bear, owl, wolf = ("Bear", "the brown one", "Villain"), ("Owl", "", "Mentor"), ("Wolf", "", "")
    sheet = score(
        "character",
        (people(["Fox"], ["Bear", "honey"], bear), people([" Reynard"], ["the brown one"], ("the brown one", "", "Hero"))),
        (people(["Owl", "Wolf"], [], owl, wolf), people(["Owl"], ["Wolf"], owl, ("Wolf", "", "Villain"))),
        (people([], ["Crane"]), None),
        inputs=KNOWN,
    )
    assert sheet.metrics() == pytest.approx(
        {
            "participants_f1": 2 * 3 / (6 + 4),
            "doers_f1": 2 * 2 / (3 + 2),
            "receivers_f1": 2 * 1 / (3 + 2),
            "new_characters_f1": 1.0,
            "archetype_accuracy": 1 / 2,
        }
    )
    assert sheet.cases() == {
        "participants_f1": 6,
        "doers_f1": 3,
        "receivers_f1": 3,
        "new_characters_f1": 3,
        "archetype_accuracy": 2,
    }
    assert sheet.pairs == [LabelPair(0, "archetype", "Villain", "Hero"), LabelPair(1, "archetype", "Mentor", "Mentor")]
    assert sheet.left_out == [
        LeftOut(1, "$.new_characters[1].archetype", "the archetype is blank in gold", ("archetype_accuracy",))
    ]


def test_an_alias_that_two_characters_share_stands_for_neither() -> None:
    inputs = {"known_characters": [{"name": "Ali", "alias": "the boy"}, {"name": "Ben", "alias": "the boy"}]}
    sheet = score("character", (people(["Ali"], []), people(["the boy"], [])), inputs=inputs)
    assert sheet.metrics()["doers_f1"] == 0.0


def test_an_alias_that_only_the_answer_gives_does_not_make_its_name_right() -> None:
    fox, hen = ("Fox", "", "Hero"), ("Hen", "Fox", "Hero")
    assert score("character", (people(["Fox"], [], fox), people(["Hen"], [], hen))).metrics()["doers_f1"] == 0.0


def test_a_name_in_the_wrong_role_is_wrong() -> None:
    sheet = score("character", (people(["Fox"], ["Crane"]), people(["Crane"], ["Fox"])), inputs=KNOWN)
    assert sheet.metrics() == {"participants_f1": 0.0, "doers_f1": 0.0, "receivers_f1": 0.0}


def test_an_empty_list_says_nobody_so_a_name_there_is_wrong() -> None:
    sheet = score("character", (people(["Fox"], []), people(["Fox"], ["Fox"])), inputs=KNOWN)
    assert sheet.metrics() == {"participants_f1": 2 / 3, "doers_f1": 1.0, "receivers_f1": 0.0}


def test_a_name_that_is_given_twice_counts_once() -> None:
    sheet = score("character", (people(["Fox"], []), people(["Fox", "Reynard"], [])), inputs=KNOWN)
    assert sheet.metrics()["doers_f1"] == 1.0


def test_the_archetype_of_a_character_that_was_not_found_is_left_out_and_told() -> None:
    sheet = score("character", (people(["Fox"], [], ("Fox", "", "Hero")), None))
    assert sheet.metrics() == {"participants_f1": 0.0, "doers_f1": 0.0, "new_characters_f1": 0.0}
    assert sheet.left_out == [
        LeftOut(0, "$.new_characters[0].archetype", "the answer does not have this new character", ("archetype_accuracy",))
    ]
