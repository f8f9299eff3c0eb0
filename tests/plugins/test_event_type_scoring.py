from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from ft_core import OTHER, PROPP_FUNCTIONS, LabelPair, LeftOut
from ft_event_type.propp import PAIRS, PHASE_OF, PHASES, are_paired
from tests.plugins.asking import get_step
from tests.plugins.scoring import score
from tests.plugins.test_six_steps import FEW


def event(function: str, general: str = "", specific: str = "") -> dict[str, str]:
    return {"event_type": function, "description_general": general, "description_specific": specific}


CASES = (
    (event("LACK", "abc", "abc"), event("LACK", "ab", "abc")),
    (event("STRUGGLE", "abc"), event("VICTORY")),
    (event("VICTORY"), event("RETURN", "ab")),
    (event("RETURN"), None),
    (event(OTHER), event(OTHER)),
    (event("LACK"), event(OTHER)),
)
TALES = ("t1", "t1", "t1", "t1", "t2", "t2")


def test_metrics_by_hand() -> None:
    sheet = score("event_type", *CASES, tales=TALES)
    assert sheet.metrics() == pytest.approx(
        {
            "event_type_macro_f1": (2 / 3 + 0 + 0 + 0 + 2 / 3) / 5,  # lack, struggle, victory, return, OTHER
            "event_type_accuracy": 2 / 6,
            "event_type_pair_credit": (1 + 0.5 + 0 + 0 + 1 + 0) / 6,
            "phase_accuracy": 2 / 5,  # lack, and victory for struggle
            "other_f1": 2 * 1 / (1 + 2),
            "sequence_similarity": (3 / 4 + 1 / 2) / 2,  # one to insert, one to replace
            "description_general_chrf": (7 / 11 + 0) / 2,
            "description_specific_chrf": 1.0,
        }
    )
    assert sheet.cases() == {
        "event_type_macro_f1": 6,
        "event_type_accuracy": 6,
        "event_type_pair_credit": 6,
        "phase_accuracy": 5,
        "other_f1": 1,
        "sequence_similarity": 2,
        "description_general_chrf": 2,
        "description_specific_chrf": 1,
    }


def test_a_sequence_that_comes_one_place_too_late_loses_only_its_ends() -> None:
    gold = ("LACK", "DEPARTURE", "STRUGGLE", "VICTORY")
    predicted = ("MEDIATION", "LACK", "DEPARTURE", "STRUGGLE")
    sheet = score("event_type", *[(event(truth), event(given)) for truth, given in zip(gold, predicted, strict=True)])
    assert sheet.metrics()["sequence_similarity"] == 0.5
    assert sheet.metrics()["event_type_accuracy"] == 0.0


def test_an_answer_that_is_not_valid_is_missing_in_the_sequence() -> None:
    lack, departure, struggle = event("LACK"), event("DEPARTURE"), event("STRUGGLE")

    def compare(*predicted: dict[str, str] | None) -> float:
        sheet = score("event_type", *zip((lack, departure, struggle), predicted, strict=True))
        return sheet.metrics()["sequence_similarity"]

    assert compare(lack, None, struggle) == pytest.approx(2 / 3)  # insert departure
    assert compare(None, lack, departure) == pytest.approx(2 / 3)  # insert struggle; nothing stands in front
    assert compare(struggle, lack, departure) == pytest.approx(1 / 3)  # delete the first struggle, insert the last
    assert compare(None, None, None) == 0.0


def test_the_similarity_of_a_tale_is_in_the_row_of_its_first_answer() -> None:
    sheet = score("event_type", *CASES, tales=TALES)
    assert [row for row in range(6) if "sequence_similarity" in sheet.metrics([row])] == [0, 4]
    assert sheet.metrics([4, 5])["sequence_similarity"] == 0.5


def test_blank_descriptions_and_the_phase_of_other_are_left_out_and_told() -> None:
    left_out = score("event_type", (event(OTHER, "abc"), event("LACK"))).left_out
    assert left_out == [
        LeftOut(0, "$.event_type", "OTHER is in no phase", ("phase_accuracy",)),
        LeftOut(0, "$.description_specific", "the gold value is blank", ("description_specific_chrf",)),
    ]


def test_functions_stand_beside_their_gold() -> None:
    assert score("event_type", *CASES[1:4]).pairs == [
        LabelPair(0, "event_type", "STRUGGLE", "VICTORY"),
        LabelPair(1, "event_type", "VICTORY", "RETURN"),
        LabelPair(2, "event_type", "RETURN", None),
    ]


def test_every_function_is_in_one_phase_and_in_propps_order_within_it() -> None:
    order = list(PROPP_FUNCTIONS)
    assert sorted(PHASE_OF, key=order.index) == order
    assert sum(len(names) for names in PHASES.values()) == len(order)
    assert all(list(names) == sorted(names, key=order.index) for names in PHASES.values())


def test_the_phases_are_those_of_the_prompt() -> None:
    phase, shown = "", {}
    for line in get_step("event_type").build_prompt(FEW["event_type"]).system.splitlines():
        if line.startswith("- "):
            shown[line[2:].partition(":")[0]] = phase
        phase = line.lower()
    assert {name: shown[name] for name in PHASE_OF if shown[name] in PHASES} == {
        names[0]: phase for phase, names in PHASES.items()
    }


def test_the_pairs_are_those_of_the_code_book() -> None:
    codes = {frozenset(PROPP_FUNCTIONS[name] for name in names) for names in PAIRS}
    assert codes == {
        frozenset(names.split("/"))
        for names in ("gamma/delta", "epsilon/zeta", "eta/theta", "A/a/K", "D/E/F", "H/I", "Pr/Rs", "M/N")
    }


def test_functions_of_one_pair_are_paired_whichever_comes_first_and_no_others() -> None:
    paired = {frozenset(pair) for names in PAIRS for pair in combinations(names, 2)}
    every = [*PROPP_FUNCTIONS, OTHER, ""]
    assert {frozenset((one, other)) for one in every for other in every if are_paired(one, other)} == paired


def test_the_page_on_metrics_shows_the_pairs_and_phases_as_they_are() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = [f"| {', '.join(names)} |" for names in PAIRS]
    rows += [f"| {phase} | {', '.join(names)} |" for phase, names in PHASES.items()]
    assert [line for line in page.splitlines() if line in rows] == rows
