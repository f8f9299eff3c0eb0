from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ft_core.corpus.reading.rule import NEEDED_RULES, RULES, Rules
from ft_core.corpus.reading.v3 import read_v3
from ft_core.errors import ConfigError
from ft_core.story import Event, Story
from tests.tales import make_event, make_tale

DOCS = Path(__file__).parents[3] / "docs" / "data.md"


def tale_of(**changes: Any) -> dict[str, Any]:
    return make_tale(narrative_events=[make_event(1, **changes)])


def tale_with_characters(*characters: dict[str, str], **changes: Any) -> dict[str, Any]:
    return tale_of(**changes) | {"characters": list(characters)}


def first(read: Callable[[Event], object]) -> Callable[[Story], object]:
    return lambda story: read(story.events[0])


FOX = {"name": "Fox", "alias": "Reynard; Fox", "archetype": "Hero"}
TIE = {"agent": "Crane", "target": "Fox", "relationship_level1": "stranger", "relationship_level2": "neutral"}
ACTION = {"category": "transaction", "type": "give", "context": "", "status": "", "function": "none"}
LABEL_RULES = {
    "bilingual-label": ("LACK（缺乏）", "LACK"),
    "label-spelling": ("Difficult task", "DIFFICULT_TASK"),
    "propp-code": ("a", "LACK"),
    "translated-label": ("难题", "DIFFICULT_TASK"),
}

CASES: dict[str, tuple[dict[str, Any], Callable[[Story], object], object, object]] = {
    **{rule: (tale_of(event_type=label), first(lambda event: event.event_type), name, "") for rule, (label, name) in LABEL_RULES.items()},
    "alias-repeats-name": (
        tale_with_characters(FOX), lambda story: story.characters[0].aliases, ("Reynard",), ("Reynard", "Fox")
    ),
    "alias-to-listed-name": (tale_of(targets=["Reynard"]), first(lambda event: event.targets), ["Fox"], ["Reynard"]),
    "copied-description": (
        tale_of(description="Once a fox lived"), first(lambda event: event.description), "", "Once a fox lived"
    ),
    "detected-language": (
        make_tale(source_info={"language": "zh", "text_content": "Once a fox."}), lambda story: story.language, "en", "zh"
    ),
    "duplicate-character-merged": (
        tale_with_characters(FOX, FOX), lambda story: [each.name for each in story.characters], ["Fox"], ["Fox", "Fox"]
    ),
    "explicit-none": (tale_of(action_layer=ACTION), first(lambda event: event.action and event.action.function), "", ""),
    "half-archetype": (
        tale_with_characters(FOX | {"archetype": "Helper"}), lambda story: story.characters[0].archetype, "Sidekick/Helper", ""
    ),
    "object-type-price": (tale_of(object_type="price"), first(lambda event: event.object_type), "prize", ""),
    "outer-spaces": (tale_of(instrument=" comb\u3000"), first(lambda event: event.instrument), "comb", " comb\u3000"),
    "repeated-name-left-out": (tale_of(agents=["Crane"] * 2), first(lambda event: event.agents), ["Crane"], ["Crane"] * 2),
    "self-character": (
        tale_with_characters(FOX, {"name": "self", "alias": "Fox"}, targets=["self"]),
        first(lambda event: event.targets),
        ["Fox"],
        ["self"],
    ),
    "swapped-relationship-levels": (
        tale_of(relationships=[TIE]),
        first(lambda event: (event.relationships[0].level1, event.relationships[0].level2)),
        ("Neutral", "stranger"),
        ("", ""),
    ),
    "time-order": (
        make_tale(narrative_events=[make_event(2), make_event(1)]),
        lambda story: [event.id for event in story.events],
        ["e1", "e2"],
        ["e2", "e1"],
    ),
}  # fmt: skip


def test_every_rule_that_may_be_switched_off_has_a_case_here() -> None:
    assert sorted([*CASES, *NEEDED_RULES]) == sorted(RULES)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_that_is_switched_off_leaves_the_value_as_the_file_has_it(rule: str) -> None:
    tale, value_of, repaired, left = CASES[rule]
    story, repairs = read_v3(tale, "t.json")
    assert value_of(story) == repaired
    assert rule in {each.rule for each in repairs}
    story, repairs = read_v3(tale, "t.json", Rules.without([rule]))
    assert value_of(story) == left
    assert rule not in {each.rule for each in repairs}


@pytest.mark.parametrize("rule", [*LABEL_RULES, "explicit-none", "half-archetype", "object-type-price"])
def test_a_label_whose_rule_is_switched_off_counts_as_unknown(rule: str) -> None:
    repairs = read_v3(CASES[rule][0], "t.json", Rules.without([rule]))[1]
    (unknown,) = (each for each in repairs if each.rule == "unknown-label")
    assert unknown.after == ""
    assert unknown.note.startswith(f"{unknown.before!r} is no ")


def test_the_rule_of_time_order_tells_both_orders() -> None:
    (record,) = read_v3(CASES["time-order"][0], "t.json")[1]
    assert (record.path, record.before, record.after) == ("$.narrative_events", ["e2", "e1"], ["e1", "e2"])


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "blank-name-left-out",
            "'blank-name-left-out' cannot be switched off: a blank names nobody.",
        ),
        (
            "unknown-label",
            "'unknown-label' cannot be switched off: a label outside the closed lists must never be an answer.",
        ),
        ("short-stac-record", "'short-stac-record' cannot be switched off: set stac_min_fields to 1 instead."),
    ],
)
def test_a_rule_that_reading_needs_cannot_be_switched_off(name: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Rules.without([name, "outer-spaces"])
    assert caught.value.problems == (f"without_rules: {problem}",)


def test_every_name_that_is_no_rule_is_told_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError) as caught:
        Rules.without(["time_order", "unknown-label", "???"])
    listed = ", ".join(RULES)
    assert caught.value.problems == (
        f"without_rules: '???' is no rule. The rules are: {listed}.",
        f"without_rules: 'time_order' is no rule. Did you mean 'time-order'? The rules are: {listed}.",
        "without_rules: 'unknown-label' cannot be switched off: a label outside the closed lists must never be an answer.",
    )


def test_the_documentation_lists_every_rule_in_the_words_of_the_code() -> None:
    rows = [line.strip("|").split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if line.count("|") == 4]
    listed = [tuple(cell.strip() for cell in row) for row in rows if row[0].strip().strip("`") in RULES]
    assert listed == [(f"`{name}`", text, NEEDED_RULES.get(name, "")) for name, text in RULES.items()]
