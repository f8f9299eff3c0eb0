from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.files import TaleFile
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.tale import Tale, read_tale
from ft_core.story import ActionLabel, Event, Relationship, Story
from tests.corpus.older_tales import make_tale_v1, make_tale_v2, spell_flat
from tests.tales import make_event, make_tale


def read(tale: object) -> Tale:
    return read_tale(RawTale("t.json", json.dumps(tale).encode(), TaleFile("t.json", Path("t.json"))), Rules())


def list_repairs(tale: object) -> list[tuple[str, str]]:
    return [(each.path, each.rule) for each in read(tale).repairs]


def list_refusals(tale: object) -> list[tuple[str, str]]:
    with pytest.raises(RefusedError) as caught:
        read(tale)
    return [(each.path, each.reason) for each in caught.value.refusals]


def drop_paths(story: Story) -> list[Event]:
    return [replace(event, path="") for event in story.events]


def make_flat(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in (spell_flat(make_event(1)) | changes).items() if value is not ...}


@pytest.mark.parametrize(("make", "version"), [(make_tale_v2, 2), (make_tale_v1, 1)])
def test_an_older_tale_is_read_as_the_same_story(make: Any, version: int) -> None:
    new, old = read(make_tale()), read(make())
    assert (old.version, list(old.repairs)) == (version, [])
    assert replace(old.story, events=[]) == replace(new.story, events=[])
    assert drop_paths(old.story) == drop_paths(new.story)


def test_events_and_repairs_go_by_their_place_in_the_older_file() -> None:
    tale = make_tale_v1(culture=" Indian", title=" The Fox")
    tale["source_text"]["language"] = "zh"
    tale["annotation"]["motif"]["character_archetypes"][1]["archetype"] = "Helper"
    tale["narrative_structure"][1] |= {
        "event_type": "F",
        "action_type": "GIVE",
        "sentiment": "Positive",
        "targets": ["Reynard"],
    }
    assert [event.path for event in read(tale).story.events][1] == "$.narrative_structure[1]"
    assert sorted(list_repairs(tale)) == [
        ("$.annotation.motif.character_archetypes[1].archetype", "half-archetype"),
        ("$.culture", "outer-spaces"),
        ("$.narrative_structure[1].action_type", "label-spelling"),
        ("$.narrative_structure[1].event_type", "propp-code"),
        ("$.narrative_structure[1].sentiment", "label-spelling"),
        ("$.narrative_structure[1].targets", "alias-to-listed-name"),
        ("$.narrative_structure[1].targets[0]", "alias-to-listed-name"),
        ("$.source_text.language", "detected-language"),
        ("$.title", "outer-spaces"),
    ]


@pytest.mark.parametrize(
    ("skipped", "in_file"),
    [
        (".action_layer.type", ".action_type"),
        (".action_layer.function", ".narrative_function"),
        (".action_layer", ".action_category"),
        (".relationships[0].sentiment", ".sentiment"),
        (".relationships[0].agent", ".agents"),
        (".text_span", ".text_span"),
    ],
)
def test_what_a_step_skips_is_found_at_its_place_in_the_older_file(skipped: str, in_file: str) -> None:
    tale = read(make_tale_v2())
    event = tale.story.events[2]
    assert tale.places.locate(event.path + skipped) == "$.narrative_events[2]" + in_file


def test_relations_are_read_from_the_first_list_that_has_any() -> None:
    first = {"agent": "Fox", "target": "Crane", "relationship_level1": "Adversarial", "sentiment": "hostile"}
    second = first | {"sentiment": "fearful"}
    events = [
        make_flat(relationships=[first], relationship_multi=[second]),
        make_flat(id="e2", relationships=[], relationship_multi=[second, first]),
    ]
    tale = read(make_tale_v1(narrative_structure=events))
    assert [[tie.sentiment for tie in event.relationships] for event in tale.story.events] == [
        ["hostile"],
        ["fearful", "hostile"],
    ]
    skipped = f"{tale.story.events[1].path}.relationships[1].sentiment"
    assert tale.places.locate(skipped) == "$.narrative_structure[1].relationship_multi[1].sentiment"


def test_a_flat_relation_is_nobodys_where_several_may_be_meant() -> None:
    tale = make_tale_v2(narrative_events=[make_flat(agents=["Crane", "Fox"])])
    assert read(tale).story.events[0].relationships == [Relationship("", "Fox", "Social & Alliance", "friend", "positive")]


def test_a_blank_flat_relation_is_none() -> None:
    tale = make_tale_v2(narrative_events=[make_flat(relationship_level1="", relationship_level2=None, sentiment=" ")])
    assert read(tale).story.events[0].relationships == []


def test_of_a_nested_and_a_flat_action_value_the_first_that_is_not_blank_is_read() -> None:
    nested = {"category": "physical", "type": "", "context": None, "mood": "calm"}
    event = make_flat(action_layer=nested, action_category="mental", action_type="attack", action_context="a bite")
    tale = read(make_tale_v1(narrative_structure=[event]))
    assert tale.story.events[0].action == ActionLabel("physical", "attack", "a bite", "success", "setup")
    assert tale.story.document is not None
    assert tale.story.document["narrative_events"][0]["action_layer"]["mood"] == "calm"


def test_a_price_is_a_prize() -> None:
    tale = make_tale_v2(narrative_events=[make_flat(target_type="object", object_type="price")])
    assert read(tale).story.events[0].object_type == "prize"
    assert ("$.narrative_events[0].object_type", "object-type-price") in list_repairs(tale)


def test_an_event_that_is_a_bare_string_refuses_the_tale_with_its_address() -> None:
    tale = make_tale_v1(narrative_structure=[make_flat(), "The fox left.", make_flat(agents="Fox")])
    assert list_refusals(tale) == [
        ("$.narrative_structure[1]", "is a string, where an object or null is due"),
        ("$.narrative_structure[2].agents", "is a string, where an array or null is due"),
    ]


def test_every_problem_of_an_older_tale_is_told() -> None:
    broken = make_flat(action_type=3, sentiment=[], action_layer=[], relationship_multi=["x"])
    assert list_refusals(make_tale_v2(narrative_events=[broken])) == [
        ("$.narrative_events[0].action_layer", "is an array, where an object or null is due"),
        ("$.narrative_events[0].action_type", "is a number, where a string or null is due"),
        ("$.narrative_events[0].relationship_multi[0]", "is a string, where an object is due"),
        ("$.narrative_events[0].sentiment", "is an array, where a string or null is due"),
    ]
    assert list_refusals(make_tale_v1(source_text="Once", annotation={"motif": []})) == [
        ("$.annotation.motif", "is an array, where an object or null is due"),
        ("$.source_text", "is a string, where an object or null is due"),
    ]


def test_keys_that_version_3_does_not_know_stay() -> None:
    tale = read(make_tale_v1(narrative_structure=[make_flat(colour="red")], editor="B")).story.document
    assert tale is not None
    assert (tale["editor"], tale["qa"]) == ("B", {"confidence": 0.5})
    assert tale["narrative_events"][0]["colour"] == "red"
    assert tale["themes_and_motifs"] == {"moral": "Kindness returns."}
