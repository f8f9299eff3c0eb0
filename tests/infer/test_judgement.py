"""A reply is parsed, checked by the schema, repaired, and checked by the step's rules, in this order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ft_core import Problem
from ft_core.corpus.reading.document import MAX_DEPTH
from ft_core.infer.judgement import Judgement, judge
from ft_core.infer.reply import Reply
from ft_core.step import Step, load_steps
from tests.distributions import write_step
from tests.plugins.asking import get_step

KNOWN = {"segment": "x", "known_characters": [{"name": "Fox", "alias": "Reynard"}], "summary": ""}
SCRIPT = """
from ft_core import Problem, Repaired


@hookimpl
def repair_output(output):
    print("repair", repr(output["moral"]))
    if not output["moral"].startswith(" "):
        return None
    return Repaired({"moral": output["moral"].strip()}, (Problem("$.moral", "blanks; left out"),))


@hookimpl
def validate_output(output):
    print("validate", repr(output["moral"]))
    return [Problem("$.moral", f"{output['moral']!r} is not a moral")] if output["moral"] in BAD else []
"""


def judge_character(*new: tuple[str, str], doers: list[str]) -> Judgement:
    listed = [{"name": name, "alias": alias, "archetype": ""} for name, alias in new]
    text = json.dumps({"doers": doers, "receivers": [], "new_characters": listed, "notes": ""})
    return judge(get_step("character"), KNOWN, Reply(text))


def moral(site: Path, *bad: str) -> Step:
    write_step(site, "moral", extra=f"BAD = {bad!r}\n{SCRIPT}")
    return load_steps([str(site)]).get("moral")


def judge_moral(step: Step, text: str) -> Judgement:
    return judge(step, {"segment": "x"}, Reply(json.dumps({"moral": text})))


def test_an_answer_is_used_without_what_is_superfluous_in_it() -> None:
    judged = judge_character(("Reynard", ""), ("Crane", ""), doers=["Fox", "Crane"])
    assert judged.output is not None
    assert judged.output["doers"] == ["Fox", "Crane"]
    assert [each["name"] for each in judged.output["new_characters"]] == ["Crane"]
    assert judged.problems == ()
    assert judged.repairs == (Problem("$.new_characters[0]", "'Reynard' is already known, as 'Fox'; left out"),)
    assert "Reynard" in judged.reply.text


def test_an_answer_that_no_repair_makes_valid_is_refused_with_the_places_of_its_own_text() -> None:
    judged = judge_character(("Reynard", ""), (" ", ""), doers=["Fox"])
    assert (judged.output, judged.repairs) == (None, ())
    assert [str(each) for each in judged.problems] == [
        "$.new_characters[1].name: the name is blank",
        "$.new_characters[0].name: 'Reynard' is already known, as 'Fox'",
    ]


def test_an_answer_without_anything_superfluous_has_no_repairs() -> None:
    judged = judge_character(("Crane", "the tall one"), doers=["Crane"])
    assert judged.output is not None
    assert (judged.problems, judged.repairs) == ((), ())


def test_rules_judge_what_the_repair_left(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged = judge_moral(moral(site, " Share."), " Share.")
    assert judged.output == {"moral": "Share."}
    assert [str(each) for each in judged.repairs] == ["$.moral: blanks; left out"]
    assert capsys.readouterr().err.splitlines() == ["repair ' Share.'", "validate 'Share.'"]


def test_a_repair_that_makes_an_answer_useless_is_not_used(site: Path) -> None:
    judged = judge_moral(moral(site, "Share."), " Share.")
    assert (judged.output, judged.problems, judged.repairs) == ({"moral": " Share."}, (), ())


def test_where_neither_form_is_valid_the_given_one_is_told(site: Path) -> None:
    judged = judge_moral(moral(site, "Share.", " Share."), " Share.")
    assert judged.output is None
    assert [str(each) for each in judged.problems] == ["$.moral: ' Share.' is not a moral"]
    assert judged.repairs == ()


def judge_anything(site: Path, moral: str) -> Judgement:
    write_step(site, "moral", extra="SCHEMA['properties']['moral'] = {}\n")
    return judge(load_steps([str(site)]).get("moral"), {"segment": "x"}, Reply(f'{{"moral": {moral}}}'))


def test_an_answer_may_be_as_deep_as_a_tale(site: Path) -> None:
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert judge_anything(site, deep).output == {"moral": json.loads(deep)}


@pytest.mark.parametrize("levels", [MAX_DEPTH, 960, *range(988, 998), 100_000])
def test_an_answer_that_is_nested_too_deeply_is_refused_whatever_its_depth(site: Path, levels: int) -> None:
    judged = judge_anything(site, "[" * levels + "]" * levels)
    assert judged.output is None
    assert "deep" in judged.problems[0].message or "recursion" in judged.problems[0].message


@pytest.mark.parametrize(
    ("moral", "problem"),
    [
        (r'"a \ud83d"', "$.moral: holds half of a surrogate pair, which is no character"),
        ("1e999", "$.moral: is inf, which is not a JSON number"),
        ("NaN", "$: is not JSON: NaN is no JSON value"),
    ],
)
def test_an_answer_that_no_file_could_hold_is_refused(site: Path, moral: str, problem: str) -> None:
    judged = judge_anything(site, moral)
    assert (judged.output, [str(each) for each in judged.problems]) == (None, [problem])


def test_what_is_no_json_or_does_not_fit_the_schema_gets_to_no_hook(site: Path) -> None:
    step = moral(site)
    assert judge(step, {}, Reply("no idea")).problems[0].message.startswith("is not JSON: ")
    assert judge(step, {}, Reply('{"moral": 3}')).problems == (Problem("$.moral", "3 is not of type 'string'"),)
