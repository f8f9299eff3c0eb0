from __future__ import annotations

from typing import Any

from ft_character import extract_character_examples
from tests.plugins.asking import ask, get_step, gold, problems, story_of, why_not

CRANE_LENDS: dict[str, Any] = {"agents": ["Crane"], "targets": ["Fox"]}
NOTHING: dict[str, Any] = {"doers": [], "receivers": [], "new_characters": [], "notes": ""}


def test_it_is_shown_the_characters_named_before_this_event_with_their_aliases() -> None:
    story = story_of(CRANE_LENDS, CRANE_LENDS)
    assert ask("character", story, 0)["known_characters"] == []
    assert ask("character", story, 1) == {
        "segment": "The crane lent the fox a silver comb.",
        "known_characters": [{"name": "Crane", "alias": ""}, {"name": "Fox", "alias": "the red one;Reynard"}],
        "summary": "A crane helps a fox.",
    }


def test_new_characters_are_those_that_no_earlier_event_names_in_order_of_appearance() -> None:
    story = story_of({"agents": ["Crane"], "targets": ["comb"]}, {"agents": ["Fox"], "targets": ["Crane", "river"]})
    assert gold("character", story, 0)["new_characters"] == [
        {"name": "Crane", "alias": "", "archetype": "Sidekick/Helper"},
    ]
    assert gold("character", story, 1) == {
        "doers": ["Fox"],
        "receivers": ["Crane", "river"],
        "new_characters": [{"name": "Fox", "alias": "the red one;Reynard", "archetype": "Hero"}],
        "notes": "",
    }


def test_a_character_named_by_an_alias_is_answered_by_its_listed_name() -> None:
    story = story_of(CRANE_LENDS)
    story.events[0].targets = ["Reynard", "Fox"]
    assert gold("character", story)["receivers"] == ["Fox"]


def test_an_event_without_agents_and_targets_gives_no_example() -> None:
    story = story_of(CRANE_LENDS, {"agents": [], "targets": []})
    assert why_not("character", story, 1) == ("$.narrative_events[1].agents", "no agent or target is annotated")


def test_a_gold_answer_with_a_blank_name_gives_no_example() -> None:
    story = story_of(CRANE_LENDS)
    story.events[0].agents = [" "]
    path, reason = why_not("character", story)
    assert path == "$.narrative_events[0]"
    assert reason == "the annotated answer is not valid: $.doers[0]: the name is blank"


def test_blank_names_are_found_wherever_they_stand() -> None:
    new = {"name": "", "alias": "", "archetype": ""}
    output = {"doers": ["Fox", " "], "receivers": [""], "new_characters": [new], "notes": ""}
    assert problems("character", output, {"known_characters": []}) == [
        "$.doers[1]: the name is blank",
        "$.receivers[0]: the name is blank",
        "$.new_characters[0].name: the name is blank",
    ]


def test_a_new_character_may_not_be_known_by_name_or_alias_nor_given_twice() -> None:
    known = [{"name": "Fox", "alias": "the red one;Reynard"}]
    names = ("Fox", "Reynard", "Crane", "Crane")
    output = NOTHING | {"new_characters": [{"name": name, "alias": "", "archetype": ""} for name in names]}
    assert problems("character", output, {"known_characters": known}) == [
        "$.new_characters[0].name: 'Fox' is already known, as 'Fox'",
        "$.new_characters[1].name: 'Reynard' is already known, as 'Fox'",
        "$.new_characters[3].name: 'Crane' is given twice",
    ]


def test_an_alias_of_a_new_character_may_not_be_a_name_or_alias_that_is_known_and_blank_ones_do_not_count() -> None:
    known = [{"name": "Fox", "alias": "the red one; ;Crane"}, {"name": "Crane", "alias": ""}]
    new = {"name": "Heron", "alias": "the tall one;; Crane ;the red one； Fox", "archetype": ""}
    assert problems("character", NOTHING | {"new_characters": [new]}, {"known_characters": known}) == [
        "$.new_characters[0].alias: 'Crane' is already known, as 'Crane'",
        "$.new_characters[0].alias: 'the red one' is already known, as 'Fox'",
        "$.new_characters[0].alias: 'Fox' is already known, as 'Fox'",
    ]
    fine = new | {"alias": " ; the tall one"}
    assert problems("character", NOTHING | {"new_characters": [fine]}, {"known_characters": known}) == []


def test_an_alias_that_two_characters_share_stands_for_neither() -> None:
    both = [{"name": "Tsuru", "alias": "wife", "archetype": ""}, {"name": "Oba", "alias": "wife", "archetype": ""}]
    story = story_of({"agents": ["Tsuru"], "targets": ["wife"]}, characters=both)
    assert gold("character", story)["receivers"] == ["wife"]
    assert [new["name"] for new in gold("character", story)["new_characters"]] == ["Tsuru"]


def test_the_prompt_asks_for_aliases_and_the_role_in_the_whole_tale() -> None:
    system = get_step("character").build_prompt({"segment": "x", "known_characters": []}).system
    assert '- alias: other names it goes by in the tale, joined by ";", else empty.\n' in system
    assert "- archetype: its role in the whole tale as far as it can be told, one of Hero, Shadow, " in system
    assert "Victim, Other, else empty.\n" in system


def test_an_archetype_is_one_of_the_code_book_or_empty() -> None:
    new = {"name": "Fox", "alias": "", "archetype": "Rogue"}
    [problem] = problems("character", NOTHING | {"new_characters": [new]}, {"known_characters": []})
    assert problem.startswith("$.new_characters[0].archetype: 'Rogue' is not one of ['Hero', ")
    assert problems("character", NOTHING | {"new_characters": [new | {"archetype": ""}]}, {"known_characters": []}) == []


def test_an_answer_writes_names_and_new_characters_and_resolves_aliases() -> None:
    story = story_of({"agents": [], "targets": []}, characters=[])
    new = {"name": "Fox", "alias": "the red one； Reynard ;", "archetype": "Hero"}
    answer = {"doers": ["Crane"], "receivers": ["Reynard"], "new_characters": [new, new], "notes": ""}
    get_step("character").apply_output(story, story.events[0], answer)
    [fox] = story.characters
    assert (fox.name, fox.aliases, fox.archetype) == ("Fox", ("the red one", "Reynard"), "Hero")
    assert (story.events[0].agents, story.events[0].targets) == (["Crane"], ["Fox"])


def test_the_kind_of_target_follows_from_the_names() -> None:
    assert write_receivers("Fox", "river") == ("character", "")
    assert write_receivers("river") == ("object", "normal_object")
    assert write_receivers() == ("character", "")


def test_an_object_keeps_the_kind_that_the_event_has_already() -> None:
    assert write_receivers("comb", object_type="magical_agent") == ("object", "magical_agent")
    assert write_receivers("Fox", object_type="magical_agent") == ("character", "")


def write_receivers(*names: str, object_type: str = "") -> tuple[str, str]:
    story = story_of(CRANE_LENDS)
    event = story.events[0]
    event.object_type = object_type
    get_step("character").apply_output(story, event, NOTHING | {"receivers": list(names)})
    return event.target_type, event.object_type


def test_the_known_characters_are_one_json_line_and_left_out_where_there_are_none() -> None:
    step, story = get_step("character"), story_of(CRANE_LENDS, CRANE_LENDS)
    assert "Known characters" not in step.build_prompt(ask("character", story, 0)).user
    line = '[{"name": "Crane", "alias": ""}, {"name": "Fox", "alias": "the red one;Reynard"}]'
    assert f"Known characters:\n{line}\n\n" in step.build_prompt(ask("character", story, 1)).user


def test_the_package_exports_its_extraction() -> None:
    [example] = extract_character_examples(story_of(CRANE_LENDS))
    assert set(example.as_row()) == {"instruction", "input", "output"}
