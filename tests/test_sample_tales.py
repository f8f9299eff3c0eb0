"""The sample tales: offsets, closed lists, coverage and cross-references, read from the files themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from ft_core import ACTION_TYPES, ARCHETYPES, OBJECT_TYPES, PROPP_FUNCTIONS, RELATIONSHIPS, SENTIMENTS
from ft_core.codebook import ACTION_FUNCTIONS, ACTION_STATUSES, OTHER
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir

TALES: dict[str, Any] = {
    file.name: json.loads(file.read_text(encoding="utf-8")) for file in sorted(samples_dir().glob("*.json"))
}
OLDER_TYPES = {
    "steal", "slander", "promise", "request", "sacrifice", "observe", "investigate", "plot", "forget", "cast_spell",
    "express_emotion",
}  # fmt: skip
each_tale = pytest.mark.parametrize("name", TALES)


def events_of(name: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = TALES[name]["narrative_events"]
    return events


def all_events() -> Iterator[dict[str, Any]]:
    for name in TALES:
        yield from events_of(name)


def test_there_are_six_english_and_four_chinese_tales() -> None:
    languages = [tale["source_info"]["language"] for tale in TALES.values()]
    assert (languages.count("en"), languages.count("zh"), len(languages)) == (6, 4, 10)


def test_the_reader_has_nothing_to_refuse_or_repair() -> None:
    tales = read_tales([samples_dir()])
    assert (len(tales.stories), tales.refusals, tales.repairs) == (10, [], [])


@each_tale
def test_a_file_is_named_after_its_tale_and_laid_out_like_the_others(name: str) -> None:
    raw = (samples_dir() / name).read_text(encoding="utf-8")
    assert name == f"{TALES[name]['metadata']['id']}_v3.json"
    assert raw == json.dumps(TALES[name], ensure_ascii=False, indent=2) + "\n"


@each_tale
def test_a_tale_names_its_origin_its_moral_and_its_summary(name: str) -> None:
    tale = TALES[name]
    assert re.fullmatch(r"After .+; public domain\. Retold for ft-core\.", tale["source_info"]["origin"])
    assert tale["themes_and_motifs"]["moral"].strip()
    assert tale["analysis"]["paragraph_summaries"]["whole"].strip()


@each_tale
def test_a_tale_has_six_to_nine_events_in_time_order_with_exact_offsets_that_do_not_overlap(name: str) -> None:
    events, text = events_of(name), TALES[name]["source_info"]["text_content"]
    spans = [event["text_span"] for event in events]
    assert 6 <= len(events) <= 9
    assert [event["time_order"] for event in events] == list(range(1, len(events) + 1))
    assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)
    assert all(before["end"] <= after["start"] for before, after in pairwise(spans))


@each_tale
def test_a_segment_has_one_to_three_sentences(name: str) -> None:
    for event in events_of(name):
        spoken = re.sub(r'["“][^"”]*["”]', "…", event["text_span"]["text"])  # speech counts with the sentence around it
        assert len(re.findall(r"[.!?。！？]+", spoken)) <= 3, event["id"]
        assert len(event["text_span"]["text"]) <= 260


def test_event_ids_are_unique_over_all_tales() -> None:
    ids = [event["id"] for event in all_events()]
    assert len(ids) == len(set(ids))


@each_tale
def test_labels_are_of_the_closed_lists_and_current(name: str) -> None:
    assert {character["archetype"] for character in TALES[name]["characters"]} <= set(ARCHETYPES)
    for event in events_of(name):
        action = event["action_layer"]
        assert event["event_type"] in {*PROPP_FUNCTIONS, OTHER}
        assert action["type"] in ACTION_TYPES[action["category"]]
        assert action["type"] not in OLDER_TYPES
        assert action["status"] in ACTION_STATUSES
        assert action["function"] in {*ACTION_FUNCTIONS, ""}


@each_tale
def test_relations_tie_agents_to_targets_that_are_listed_with_a_kind_of_its_family(name: str) -> None:
    listed = {character["name"] for character in TALES[name]["characters"]}
    for event in events_of(name):
        for tie in event["relationships"]:
            assert tie["agent"] in event["agents"]
            assert tie["target"] in set(event["targets"]) & listed
            assert tie["relationship_level2"] in RELATIONSHIPS[tie["relationship_level1"]]
            assert tie["sentiment"] in SENTIMENTS


@each_tale
def test_an_event_whose_target_is_a_character_has_a_relation_and_no_other_has(name: str) -> None:
    listed = {character["name"] for character in TALES[name]["characters"]}
    for event in events_of(name):
        has_receiver = bool(listed & set(event["targets"]))
        assert bool(event["relationships"]) == has_receiver, event["id"]
        assert event["target_type"] == ("character" if has_receiver or not event["targets"] else "object")
        assert event["object_type"] in (("",) if event["target_type"] == "character" else OBJECT_TYPES)


@each_tale
def test_every_agent_is_a_listed_character_by_its_name_and_every_character_takes_part(name: str) -> None:
    characters = TALES[name]["characters"]
    listed = [character["name"] for character in characters]
    named = {each for event in events_of(name) for each in (*event["agents"], *event["targets"])}
    aliases = {alias for character in characters for alias in character["alias"].split(";") if alias}
    assert len(listed) == len(set(listed))
    assert {agent for event in events_of(name) for agent in event["agents"]} <= set(listed)
    assert not aliases & named
    assert not aliases & set(listed)


@each_tale
def test_a_stac_record_copies_the_segment_and_is_not_empty(name: str) -> None:
    for event in events_of(name):
        heads = [text for text in event["stac"].values() if text]
        rest = event["text_span"]["text"]
        assert list(event["stac"]) == ["situation", "task", "action", "consequence"]
        assert heads
        for text in heads:
            assert text in rest, event["id"]
            rest = rest.replace(text, "\n", 1)  # what one head has copied, no other may


@each_tale
def test_a_description_has_a_general_and_a_specific_half(name: str) -> None:
    for event in events_of(name):
        general, specific = event["description"].split(";")
        assert general.strip()
        assert specific.strip()


def test_the_tales_cover_the_lists() -> None:
    events = list(all_events())
    assert len({event["event_type"] for event in events} - {OTHER}) >= 22
    assert {event["action_layer"]["category"] for event in events} == set(ACTION_TYPES)
    assert {tie["relationship_level1"] for event in events for tie in event["relationships"]} == set(RELATIONSHIPS)
    assert 4 * sum(bool(event["instrument"]) for event in events) >= len(events)


@each_tale
def test_the_second_of_a_pair_of_functions_comes_after_the_first(name: str) -> None:
    order = [event["event_type"] for event in events_of(name)]
    pairs = [("INTERDICTION", "VIOLATION"), ("TRICKERY", "COMPLICITY"), ("STRUGGLE", "VICTORY"), ("PURSUIT", "RESCUE")]
    pairs += [("DIFFICULT_TASK", "SOLUTION"), ("FIRST_FUNCTION_DONOR", "HERO_REACTION")]
    for first, second in pairs:
        assert second not in order or first in order[: order.index(second)], (first, second)


def test_some_texts_use_an_alias_and_some_characters_appear_late() -> None:
    aliased = [name for name in TALES if uses_an_alias(name)]
    late = [name for name in TALES if set(events_of(name)[-1]["agents"]) - names_before(name, len(events_of(name)) // 2)]
    assert aliased
    assert late


def uses_an_alias(name: str) -> bool:
    for character in TALES[name]["characters"]:
        aliases = [alias for alias in character["alias"].split(";") if alias]
        for event in events_of(name):
            text = event["text_span"]["text"]
            if character["name"] in event["agents"] and character["name"] not in text and any(a in text for a in aliases):
                return True
    return False


def names_before(name: str, number: int) -> set[str]:
    return {each for event in events_of(name)[:number] for each in (*event["agents"], *event["targets"])}
