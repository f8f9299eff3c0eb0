"""New characters that say nothing new are left out of a ``character`` answer."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ft_core import split_aliases
from tests.plugins.asking import get_step, problems, story_of

FOX, CRANE = {"name": "Fox", "alias": "the red one;Reynard"}, {"name": "Crane", "alias": ""}
NAMES = st.sampled_from(["Fox", " Fox", "Reynard", "the red one", "Crane", "Heron", "Owl", "鹤", "", " "])
ALIASES = st.lists(NAMES, max_size=4).map(";".join) | st.just("Heron；Reynard")


def characters(*keys: str) -> st.SearchStrategy[list[dict[str, str]]]:
    fields = {"name": NAMES, "alias": ALIASES} | dict.fromkeys(keys, st.sampled_from(["Hero", ""]))
    return st.lists(st.fixed_dictionaries(fields), max_size=5)


def answer(*new: tuple[str, str], doers: list[str] | None = None) -> dict[str, Any]:
    listed = [{"name": name, "alias": alias, "archetype": "Hero"} for name, alias in new]
    return {"doers": doers or [], "receivers": [], "new_characters": listed, "notes": ""}


def repair(output: dict[str, Any], *known: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    repaired = get_step("character").repair_output(output, {"known_characters": list(known)})
    return (dict(repaired.output), [str(each) for each in repaired.repairs]) if repaired else (output, [])


def test_a_new_character_that_is_known_by_name_or_alias_or_given_before_is_left_out() -> None:
    given_answer = answer(("Heron", ""), ("Fox", "x"), (" Reynard", "Fox"), ("Heron", "the tall one"), doers=["Reynard"])
    assert repair(given_answer, FOX, CRANE) == (
        answer(("Heron", ""), doers=["Reynard"]),
        [
            "$.new_characters[1]: 'Fox' is already known, as 'Fox'; left out",
            "$.new_characters[2]: 'Reynard' is already known, as 'Fox'; left out",
            "$.new_characters[3]: 'Heron' is given twice; left out",
        ],
    )


def test_an_alias_that_is_a_known_character_s_is_left_out_and_the_others_stay() -> None:
    assert repair(answer(("Owl", ""), ("Heron", "the tall one；Reynard; Crane ;鹤")), FOX, CRANE) == (
        answer(("Owl", ""), ("Heron", "the tall one;鹤")),
        [
            "$.new_characters[1].alias: 'Reynard' is already known, as 'Fox'; left out",
            "$.new_characters[1].alias: 'Crane' is already known, as 'Crane'; left out",
        ],
    )


def test_an_alias_that_several_share_is_known_too_and_names_them_all() -> None:
    both = ({"name": "Tsuru", "alias": "wife"}, {"name": "Oba", "alias": "wife"})
    told = "$.new_characters[0]: 'wife' is already known, as 'Tsuru' and 'Oba'; left out"
    assert repair(answer(("wife", "")), *both) == (answer(), [told])


def test_what_says_something_new_stays_letter_by_letter() -> None:
    fine = answer((" Owl ", " the wise one;; "), ("Heron", "the tall one；鹤"))
    assert repair(fine, FOX) == (fine, [])


def test_blank_names_are_not_repaired() -> None:
    blank = answer(("", ""), (" ", "Reynard"), doers=[""])
    output, told = repair(blank, FOX, {"name": "", "alias": ""})
    assert output == answer(("", ""), (" ", ""), doers=[""])
    assert told == ["$.new_characters[1].alias: 'Reynard' is already known, as 'Fox'; left out"]
    assert problems("character", output, {"known_characters": [FOX]}) == [
        "$.doers[0]: the name is blank",
        "$.new_characters[0].name: the name is blank",
        "$.new_characters[1].name: the name is blank",
    ]


@given(characters("archetype"), characters(), st.lists(NAMES), st.lists(NAMES))
def test_whatever_is_repaired_has_nothing_superfluous_and_its_names_as_they_were(
    new: list[dict[str, str]], known: list[dict[str, str]], doers: list[str], receivers: list[str]
) -> None:
    output = {"doers": doers, "receivers": receivers, "new_characters": new, "notes": "n"}
    repaired, told = repair(output, *known)
    found = problems("character", repaired, {"known_characters": known})
    assert all(each.endswith("the name is blank") for each in found)
    assert bool(told) == any(not each.endswith("blank") for each in problems("character", output, {"known_characters": known}))
    assert {**repaired, "new_characters": new} == output
    assert repair(repaired, *known) == (repaired, [])
    kept = iter(new)
    for each in repaired["new_characters"]:
        source = next(old for old in kept if {**each, "alias": ""} == {**old, "alias": ""})
        assert set(split_aliases(each["alias"])) <= set(split_aliases(source["alias"]))


def test_in_the_tale_a_repaired_answer_is_what_the_given_one_would_have_been() -> None:
    given_answer = answer(("Fox", ""), ("Owl", ""), ("Owl", "the wise one"), doers=["Reynard", "Owl"])
    step, told = get_step("character"), []
    for output in (given_answer, repair(given_answer, FOX)[0]):
        story = story_of({"agents": [], "targets": []}, characters=[FOX | {"archetype": "Hero"}])
        step.apply_output(story, story.events[0], output)
        told.append((story.characters, story.events))
    assert told[0] == told[1]
