from __future__ import annotations

from typing import Any

import pytest

from ft_core.corpus.reading.rule import RULES
from ft_core.corpus.reading.v3 import read_v3
from ft_core.story import ActionLabel, Character, Relationship, Stac, TextSpan
from tests.tales import make_event, make_tale, read_story


def list_repairs(tale: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    repairs = read_v3(tale, "tale.json")[1]
    assert {each.file for each in repairs} <= {"tale.json"}
    assert {each.rule for each in repairs} <= set(RULES)
    return [(each.path, each.rule, each.before, each.after) for each in repairs]


def tale_of(*events: object, **changes: Any) -> dict[str, Any]:
    return make_tale(narrative_events=list(events), **changes)


def test_a_clean_tale_is_read_without_a_repair() -> None:
    tale = make_tale()
    story = read_story(tale)
    assert list_repairs(tale) == []
    assert (story.id, story.title, story.culture, story.language) == ("fox", "The Fox", "Indian", "en")
    assert story.summary == "A crane helps a fox."
    assert story.characters == [Character("Fox", ("the red one", "Reynard"), "Hero"), Character("Crane", (), "Sidekick/Helper")]
    event = story.events[0]
    assert (event.id, event.path, event.time_order) == ("e1", "$.narrative_events[0]", 1)
    assert event.span == TextSpan(0, 28, "Once a fox lived by a river.")
    assert event.relationships == [Relationship("Crane", "Fox", "Social & Alliance", "friend", "positive")]
    assert event.action == ActionLabel("transaction", "give", "", "success", "setup")
    assert event.description == "a helper lends a tool;the crane lends a comb"


def test_events_are_in_time_order_and_keep_their_place_in_the_file() -> None:
    tale = tale_of(make_event(1, time_order=2), make_event(2, time_order=1), make_event(3, time_order=2))
    events = read_story(tale).events
    assert [(event.id, event.path[-3:]) for event in events] == [("e2", "[1]"), ("e1", "[0]"), ("e3", "[2]")]


def test_an_event_without_time_order_stays_next_to_the_event_before_it() -> None:
    tale = tale_of(
        make_event(1, time_order=...),
        make_event(2, time_order=5),
        make_event(3, time_order=None),
        make_event(4, time_order=1),
    )
    assert [event.id for event in read_story(tale).events] == ["e4", "e1", "e2", "e3"]
    assert list_repairs(tale) == [
        ("$.narrative_events[0].time_order", "time-order-from-neighbour", None, 5),
        ("$.narrative_events[2].time_order", "time-order-from-neighbour", None, 5),
        ("$.narrative_events", "time-order", ["e1", "e2", "e3", "e4"], ["e4", "e1", "e2", "e3"]),
    ]


def test_null_events_null_spans_and_blank_texts_are_kept() -> None:
    blank = {"start": None, "end": None, "text": " "}
    story = read_story(tale_of(make_event(1), None, make_event(3, text_span=None), make_event(4, text_span=blank)))
    assert [event.path[-3:] for event in story.events] == ["[0]", "[1]", "[2]", "[3]"]
    assert [event.id for event in story.told_events()] == ["e1"]
    assert story.events[3].span == TextSpan(-1, -1, " ")


def test_events_without_an_id_of_their_own_are_named_after_their_place() -> None:
    tale = tale_of(make_event(1, id="event-2"), make_event(2, id=""), make_event(3, id="event-2"))
    assert [event.id for event in read_story(tale).events] == ["event-2", "event-2-again", "event-3"]
    assert list_repairs(tale) == [
        ("$.narrative_events[1].id", "event-id-from-place", "", "event-2-again"),
        ("$.narrative_events[2].id", "event-id-from-place", "event-2", "event-3"),
    ]


def test_a_tale_without_an_id_is_named_after_its_file() -> None:
    story, repairs = read_v3(make_tale(metadata=None), "below/jp_001_v3.json")
    assert story.id == "jp_001"
    assert [(each.path, each.rule, each.after) for each in repairs] == [("$.metadata.id", "tale-id-from-file-name", "jp_001")]


def test_aliases_are_split_on_semicolons_and_never_on_commas() -> None:
    tale = make_tale(characters=[{"name": "Fox ", "alias": " Reynard, the sly ;; the red one; Fox", "archetype": "Hero"}])
    assert read_story(tale).characters == [Character("Fox", ("Reynard, the sly", "the red one"), "Hero")]
    assert list_repairs(tale)[:2] == [
        ("$.characters[0].name", "outer-spaces", "Fox ", "Fox"),
        (
            "$.characters[0].alias",
            "alias-repeats-name",
            " Reynard, the sly ;; the red one; Fox",
            "Reynard, the sly; the red one",
        ),
    ]


def test_blank_names_are_left_out_and_reported() -> None:
    characters = [{"name": "\u3000", "alias": "x", "archetype": ""}, {"name": "Fox", "alias": None, "archetype": None}]
    tale = tale_of(make_event(1, agents=["", None, "Fox"], targets=[], relationships=[]), characters=characters)
    story = read_story(tale)
    assert [character.name for character in story.characters] == ["Fox"]
    assert story.events[0].agents == ["Fox"]
    left_out = [(path, before) for path, rule, before, _ in list_repairs(tale) if rule == "blank-name-left-out"]
    assert left_out == [
        ("$.characters[0]", characters[0]),
        ("$.narrative_events[0].agents[0]", ""),
        ("$.narrative_events[0].agents[1]", None),
    ]


def test_characters_listed_twice_become_one() -> None:
    tale = make_tale(
        characters=[
            {"name": "Crane", "alias": "", "archetype": ""},
            {"name": "Crane", "alias": "the tall one", "archetype": "Mentor"},
        ]
    )
    assert read_story(tale).characters == [Character("Crane", ("the tall one",), "Mentor")]
    assert list_repairs(tale)[0][:2] == ("$.characters[1]", "duplicate-character-merged")


def test_a_name_given_by_its_alias_becomes_the_listed_name() -> None:
    tie = {"agent": "Crane", "target": "Reynard", "relationship_level1": "", "relationship_level2": "", "sentiment": ""}
    tale = tale_of(make_event(1, targets=["Reynard", "Fox", "Heron"], relationships=[tie]))
    event = read_story(tale).events[0]
    assert event.targets == ["Fox", "Heron"]
    assert event.relationships == [Relationship("Crane", "Fox")]
    assert list_repairs(tale) == [
        ("$.narrative_events[0].targets[0]", "alias-to-listed-name", "Reynard", "Fox"),
        ("$.narrative_events[0].targets[1]", "repeated-name-left-out", "Fox", None),
        ("$.narrative_events[0].relationships[0].target", "alias-to-listed-name", "Reynard", "Fox"),
    ]


def test_an_alias_that_two_characters_share_is_left_as_it_is() -> None:
    characters = [{"name": "Tsuru", "alias": "wife", "archetype": ""}, {"name": "Oba", "alias": "wife", "archetype": ""}]
    tale = tale_of(make_event(1, agents=["wife"], targets=[], relationships=[]), characters=characters)
    assert read_story(tale).events[0].agents == ["wife"]


@pytest.mark.parametrize(("alias", "meant"), [("Reynard", "Fox"), ("King", "Crane"), ("", "Crane")])
def test_self_becomes_who_its_alias_names_or_else_the_agent(alias: str, meant: str) -> None:
    tale = make_tale(narrative_events=[make_event(1, targets=["self"])])
    tale["characters"].append({"name": "Self", "alias": alias, "archetype": "Other"})
    tale["narrative_events"][0]["relationships"][0]["target"] = "self"
    story = read_story(tale)
    assert [character.name for character in story.characters] == ["Fox", "Crane"]
    assert story.events[0].targets == [meant]
    assert story.events[0].relationships[0].target == meant
    rules = [(path, rule, after) for path, rule, _, after in list_repairs(tale)]
    assert ("$.narrative_events[0].targets[0]", "self-character", meant) in rules


def test_self_is_not_resolved_by_an_alias_that_two_characters_share() -> None:
    characters = [{"name": "Tsuru", "alias": "wife"}, {"name": "Oba", "alias": "wife"}, {"name": "self", "alias": "wife"}]
    tale = tale_of(make_event(1, agents=["Oba"], targets=["self"], relationships=[]), characters=characters)
    assert read_story(tale).events[0].targets == ["Oba"]


def test_aliases_are_also_split_on_the_full_width_semicolon() -> None:
    tale = make_tale(characters=[{"name": "狐", "alias": "狐狸；小狐"}])
    assert read_story(tale).characters == [Character("狐", ("狐狸", "小狐"))]


def test_annotations_of_a_tale_and_an_event_may_be_null() -> None:
    story = read_story(tale_of(make_event(1, annotations=None), annotations=None))
    assert (story.annotations, story.events[0].annotations) == ({}, {})


def test_self_without_anyone_to_stand_for_is_kept() -> None:
    tale = tale_of(make_event(1, agents=[], targets=["self"], relationships=[]), characters=[{"name": "self"}])
    assert read_story(tale).events[0].targets == ["self"]


def test_a_name_outside_the_character_list_and_several_values_in_one_are_kept() -> None:
    event = read_story(tale_of(make_event(1, agents=["云"], instrument=" 梭;拐子 ", relationships=[]))).events[0]
    assert (event.agents, event.instrument) == (["云"], "梭;拐子")


def test_swapped_relationship_levels_change_places() -> None:
    tie = {"agent": "Fox", "target": "Crane", "relationship_level1": "stranger", "relationship_level2": "neutral"}
    tale = tale_of(make_event(1, relationships=[tie]))
    assert read_story(tale).events[0].relationships == [Relationship("Fox", "Crane", "Neutral", "stranger")]
    place = "$.narrative_events[0].relationships[0].relationship_level1"
    assert list_repairs(tale) == [(place, "swapped-relationship-levels", ["stranger", "neutral"], ["Neutral", "stranger"])]


def test_blank_relations_are_kept_for_the_step_to_decide() -> None:
    tie = dict.fromkeys(("agent", "target", "relationship_level1", "relationship_level2", "sentiment"), "")
    tale = tale_of(make_event(1, relationships=[tie]))
    assert read_story(tale).events[0].relationships == [Relationship("", "")]
    assert list_repairs(tale) == []


@pytest.mark.parametrize(
    ("segment", "description"),
    [
        ("鬼ババは小坊主を追いかけました。", "鬼ババは小坊主を"),
        ("\u3000鬼ババは小坊主を追いかけました。", "鬼ババは小坊主を追"),
        ("鬼ババは小坊主を追いかけました", "鬼ババは小坊主を追いかけました。"),
    ],
)
def test_a_copied_description_is_no_description(segment: str, description: str) -> None:
    tale = tale_of(make_event(1, text_span={"start": 0, "end": 9, "text": segment}, description=description))
    assert read_story(tale).events[0].description == ""
    assert ("$.narrative_events[0].description", "copied-description", description, "") in list_repairs(tale)


def test_a_description_of_a_degenerate_span_is_not_a_copy() -> None:
    tale = tale_of(make_event(1, text_span={"start": 0, "end": 4, "text": "They"}, description="They leave the house"))
    assert read_story(tale).events[0].description == "They leave the house"


def test_an_action_layer_or_stac_record_without_a_value_is_none() -> None:
    layer = dict.fromkeys(("category", "type", "context", "status", "function"), "")
    stac = dict.fromkeys(("situation", "task", "action", "consequence"), " ")
    event = read_story(tale_of(make_event(1, action_layer=layer, stac=stac))).events[0]
    assert event.action is None
    assert event.stac is None


def test_the_stac_record_of_an_event_is_read() -> None:
    event = read_story(tale_of(make_event(1, stac={"situation": "By a river.", "task": None, "action": ""}))).events[0]
    assert event.stac == Stac(situation="By a river.")


def test_an_unknown_label_is_empty_in_the_story_and_recorded() -> None:
    tale = tale_of(make_event(1, event_type="VILAINY"))
    assert read_story(tale).events[0].event_type == ""
    (record,) = read_v3(tale, "tale.json")[1]
    assert (record.path, record.rule, record.before) == ("$.narrative_events[0].event_type", "unknown-label", "VILAINY")
    assert record.note.endswith("Did you mean 'VILLAINY'?")


@pytest.mark.parametrize("analysis", [None, [], {"paragraph_summaries": []}, {"paragraph_summaries": {"whole": 3}}])
def test_a_summary_that_is_not_there_is_empty(analysis: object) -> None:
    assert read_story(make_tale(analysis=analysis)).summary == ""


def test_the_language_is_read_off_the_segments_where_the_tale_has_no_text() -> None:
    tale = tale_of(make_event(1, text_span={"text": "むかしむかし"}), source_info={"language": "en"})
    assert read_story(tale).language == "ja"
    assert ("$.source_info.language", "detected-language", "en", "ja") in list_repairs(tale)


def test_what_is_not_read_stays_in_the_document() -> None:
    tale = tale_of(make_event(1, colour="red", annotations={"moral": {"moral": "x"}}), editor="B")
    story = read_story(tale)
    assert story.events[0].annotations == {"moral": {"moral": "x"}}
    assert story.document == tale
