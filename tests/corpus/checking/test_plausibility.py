"""What the code book makes unlikely in a tale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ft_core import codebook
from ft_core.corpus.checking.check_rule import CheckRules
from ft_core.corpus.checking.lint import check_tales
from ft_core.corpus.checking.plausibility import OLDER_ACTION_TYPES, PLAUSIBILITY_RULES
from ft_core.corpus.checking.propp_pair import PROPP_PAIRS
from tests.tales import make_event, make_tale

RELATION = make_event()["relationships"][0]
ACTION = make_event()["action_layer"]


def check(folder: Path, *events: dict[str, Any], **changes: Any) -> list[tuple[str, str, str]]:
    file = folder / "tale.json"
    file.write_text(json.dumps(make_tale(narrative_events=list(events), **changes)), encoding="utf-8")
    assert not any(each.rule in PLAUSIBILITY_RULES for each in check_tales([file]).findings)
    findings = check_tales([file], plausibility=True).findings
    assert {each.severity for each in findings} <= {"warning"}
    every = CheckRules.without(PLAUSIBILITY_RULES)
    assert not any(each.rule in PLAUSIBILITY_RULES for each in check_tales([file], every, plausibility=True).findings)
    return [(each.path, each.rule, each.message) for each in findings if each.rule in PLAUSIBILITY_RULES]


def typed(number: int, event_type: str, **changes: Any) -> dict[str, Any]:
    return make_event(number, event_type=event_type, **changes)


def test_every_rule_is_about_something_the_code_book_has() -> None:
    functions = {*PROPP_PAIRS, *(name for pair in PROPP_PAIRS.values() for name in pair.answered)}
    assert functions <= codebook.PROPP_FUNCTIONS.keys()
    assert set(OLDER_ACTION_TYPES) < {kind for kinds in codebook.ACTION_TYPES.values() for kind in kinds}
    assert {pair.rule for pair in PROPP_PAIRS.values()} < PLAUSIBILITY_RULES.keys()
    assert all(name.startswith("plausibility-") for name in PLAUSIBILITY_RULES)


@pytest.mark.parametrize(("answer", "call"), [(name, call) for name, pair in PROPP_PAIRS.items() for call in pair.answered])
def test_a_function_needs_an_earlier_one_that_it_answers(tmp_path: Path, answer: str, call: str) -> None:
    # Nobody gives and nobody else is named, so that help is gained from no donor.
    alone = {"targets": [], "relationships": [], "action_layer": ACTION | {"type": "acquire"}}
    pair = PROPP_PAIRS[answer]
    found = [("$.narrative_events[0].event_type", pair.rule, pair.sentence.removesuffix("."))]
    assert check(tmp_path, typed(1, answer, **alone), typed(2, "OTHER")) == found
    assert check(tmp_path, typed(1, answer, **alone), typed(2, call)) == found
    assert check(tmp_path, typed(1, call), typed(2, answer, **alone)) == []
    assert check(tmp_path, typed(2, answer, **alone), typed(1, call)) == []


@pytest.mark.parametrize(
    ("changes", "implausible"),
    [
        ({}, False),
        ({"targets": ["comb"], "target_type": "object"}, False),
        ({"action_layer": ACTION | {"type": "acquire"}}, False),
        ({"action_layer": ACTION | {"type": "acquire"}, "targets": ["comb"], "target_type": "object"}, True),
        ({"action_layer": ACTION | {"type": "acquire"}, "targets": ["Crane"]}, True),
        ({"agents": []}, True),
    ],
    ids=["gives to another", "gives a thing", "another takes part", "takes a thing", "has it from itself", "nobody gives"],
)
def test_help_is_gained_without_a_donor_unless_the_event_names_one(
    tmp_path: Path, changes: dict[str, Any], implausible: bool
) -> None:
    found = check(tmp_path, typed(1, "RECEIPT_OF_AGENT", **{"relationships": []} | changes))
    message = "Help is gained (RECEIPT_OF_AGENT) without a donor, in an earlier event (FIRST_FUNCTION_DONOR) or in this one"
    assert found == [("$.narrative_events[0].event_type", "plausibility-receipt-of-agent", message)] * implausible


def test_an_older_action_code_is_found(tmp_path: Path) -> None:
    events = [
        typed(1, "OTHER", action_layer=ACTION | {"category": "physical", "type": "steal"}),
        typed(2, "OTHER", action_layer=ACTION | {"category": "existential", "type": "cast_spell"}),
    ]
    assert check(tmp_path, *events) == [
        (
            "$.narrative_events[0].action_layer.type",
            "plausibility-older-action",
            "'steal' is an older code, kept for old files",
        ),
        (
            "$.narrative_events[1].action_layer.type",
            "plausibility-older-action",
            "'cast_spell' is an older code, kept for old files; write 'cast'",
        ),
    ]


def test_an_action_type_of_another_category_is_found(tmp_path: Path) -> None:
    found = check(tmp_path, typed(1, "OTHER", action_layer=ACTION | {"category": "mental"}))
    message = "'give' is transaction, and the category is mental"
    assert found == [("$.narrative_events[0].action_layer.type", "plausibility-action-category", message)]


def test_a_level_2_of_another_level_1_is_found(tmp_path: Path) -> None:
    found = check(tmp_path, typed(1, "OTHER", relationships=[RELATION | {"relationship_level1": "Neutral"}]))
    path = "$.narrative_events[0].relationships[0].relationship_level2"
    assert found == [(path, "plausibility-relation-levels", "'friend' is Social & Alliance, and level 1 is Neutral")]


def test_a_relation_of_things_is_found_and_an_alias_is_none(tmp_path: Path) -> None:
    ties = [RELATION | {"agent": "comb"}, RELATION | {"target": "river"}, RELATION | {"target": "Reynard"}]
    found = check(tmp_path, typed(1, "OTHER", relationships=ties))
    message = "is not among the characters; list it, or remove the relation if it is a thing"
    path, rule = "$.narrative_events[0].relationships", "plausibility-relation-of-things"
    assert found == [(f"{path}[0].agent", rule, f'"comb" {message}'), (f"{path}[1].target", rule, f'"river" {message}')]


def test_a_relation_to_an_object_among_the_characters_is_found(tmp_path: Path) -> None:
    characters = [{"name": "Crane", "archetype": "Hero"}, {"name": "comb", "archetype": "Other"}]
    event = typed(1, "OTHER", targets=["comb"], target_type="object", relationships=[RELATION | {"target": "comb"}])
    message = "\"comb\" is a target of the type 'object', and objects have no relations"
    path = "$.narrative_events[0].relationships[0].target"
    assert check(tmp_path, event, characters=characters) == [(path, "plausibility-relation-of-things", message)]


@pytest.mark.parametrize(
    ("changes", "key", "message"),
    [
        ({"object_type": "prize"}, "object_type", "object_type is 'prize', and target_type is 'character'"),
        ({"targets": [], "target_type": "object"}, "target_type", "target_type is 'object', and no target is named"),
        (
            {"target_type": "object"},
            "target_type",
            "target_type is 'object', and the targets are characters: \"Fox\" (Hero)",
        ),
    ],
)
def test_a_target_type_that_contradicts_the_rest_is_found(
    tmp_path: Path, changes: dict[str, Any], key: str, message: str
) -> None:
    found = check(tmp_path, typed(1, "OTHER", **{"relationships": []} | changes))
    assert found == [(f"$.narrative_events[0].{key}", "plausibility-target-type", message)]


def test_a_target_type_that_tools_set_by_themselves_is_no_contradiction(tmp_path: Path) -> None:
    assert check(tmp_path, typed(1, "OTHER", targets=[], relationships=[])) == []
    assert check(tmp_path, typed(1, "OTHER", targets=["comb"], target_type="object", relationships=[])) == []


@pytest.mark.corpus
def test_the_corpus_has_broken_bans_lonely_receipts_older_codes_and_relations_of_things(corpus: Path) -> None:
    folders = sorted(corpus.glob("*/json_v3"))
    findings = [each for each in check_tales(folders, plausibility=True).findings if each.rule in PLAUSIBILITY_RULES]
    wanted = {
        "plausibility-violation": '"event_type": "VIOLATION"',
        "plausibility-receipt-of-agent": '"event_type": "RECEIPT_OF_AGENT"',
        "plausibility-older-action": '"type": "',
        "plausibility-relation-of-things": '"',
        "plausibility-target-type": '"',
    }
    for finding in findings:
        line = Path(finding.file).read_text(encoding="utf-8-sig").split("\n")[finding.line - 1]
        assert line.strip().startswith(wanted.get(finding.rule, '"event_type": "'))
    assert {each.rule for each in findings} >= wanted.keys()
