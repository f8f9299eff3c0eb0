"""``repair_output``: what is superfluous in a model's answer is left out of it, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_core import Problem, Repaired
from ft_core.errors import HookFailedError, HookResultError
from ft_core.step import Step, load_steps
from tests.distributions import write_extension, write_step

HOOK = "from ft_core import Problem, Repaired\n\n\n@hookimpl\ndef repair_output(output, inputs):\n    {}\n"
CUT = "output['moral'] = output['moral'].strip(); return Repaired(output, (Problem('$.moral', 'blanks; left out'),))"
TOLD = "(Problem('$.moral', 'left out'),)"
INPUTS = {"segment": "Go."}


def moral(site: Path, body: str = "") -> Step:
    write_step(site, "moral", extra=HOOK.format(body) if body else "")
    return load_steps([str(site)]).get("moral")


def test_what_is_left_out_is_told_and_the_answer_that_was_given_stays_as_it_was(site: Path) -> None:
    given = {"moral": " Share. "}
    repaired = moral(site, CUT).repair_output(given, INPUTS)
    assert repaired == Repaired({"moral": "Share."}, (Problem("$.moral", "blanks; left out"),))
    assert given == {"moral": " Share. "}


@pytest.mark.parametrize("body", ["", "return None", "return Repaired(output)"])
def test_where_nothing_is_left_out_there_is_no_repair(site: Path, body: str) -> None:
    assert moral(site, body).repair_output({"moral": "Share."}, INPUTS) is None


@pytest.mark.parametrize("output", [{"moral": 3}, {}, ["Share."], None])
def test_an_answer_that_does_not_fit_the_schema_is_not_repaired(site: Path, output: object) -> None:
    assert moral(site, "raise AssertionError").repair_output(output, INPUTS) is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return output", "answered a dict; it must return a Repaired."),
        ("output['moral'] = ''; return Repaired(output)", "changed the answer and did not tell what it left out."),
        ("output['moral'] = ''; return None", "changed the answer and did not tell what it left out."),
        (f"return Repaired(output, {TOLD})", "told of repairs and gave the answer as it was."),
        ("return Repaired({'moral': ''}, ['left out'])", "gave repairs that are not a tuple of Problem."),
        ("return Repaired({'moral': ''}, ('left out',))", "gave repairs that are not a tuple of Problem."),
        (
            f"return Repaired({{}}, {TOLD})",
            "left an answer that does not fit output_schema: $: 'moral' is a required property.",
        ),
        (f"return Repaired([], {TOLD})", "left an answer that does not fit output_schema: $: [] is not of type 'object'."),
        (
            f"return Repaired({{'moral': output['moral'] * 9}}, {TOLD})",
            "left an answer that is longer than the one that was given.",
        ),
        (f"return Repaired({{'moral': '\\ud800'}}, {TOLD})", "left an answer that is not made of JSON values: 'utf-8' codec"),
        (f"return Repaired(None, {TOLD})", "left an answer that does not fit output_schema: $: None is not of type 'object'."),
    ],
)
def test_a_repair_that_cannot_be_used_names_the_step_and_its_provider(site: Path, body: str, told: str) -> None:
    with pytest.raises(HookResultError) as caught:
        moral(site, body).repair_output({"moral": "Share."}, INPUTS)
    assert str(caught.value).startswith(f"Step 'moral': hook 'repair_output' of acme-moral 1.0 {told}")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("{1, 2}", "Object of type set is not"),
        ("(1,)", "it is another one once it is written and read again"),
        ("{1: 2}", "it is another one once it is written and read again"),
        ("output", "Circular reference"),
        ("reduce(lambda inner, _: [inner], range(5000), [])", "maximum recursion depth exceeded"),
    ],
)
def test_a_repair_that_leaves_what_is_no_json_is_the_hooks_fault(site: Path, change: str, told: str) -> None:
    extra = "from functools import reduce\n\nSCHEMA['properties']['moral'] = {}\n"
    body = f"output['moral'] = {change}; return Repaired(output, {TOLD})"
    write_step(site, "moral", extra=extra + HOOK.format(body))
    with pytest.raises(HookResultError, match=f"left an answer that is not made of JSON values: {told}"):
        load_steps([str(site)]).get("moral").repair_output({"moral": [1]}, INPUTS)


def test_a_hook_that_changes_the_inputs_changes_them_for_nobody_else(site: Path) -> None:
    inputs = {"segment": "Go.", "known": ["Fox"]}
    body = "inputs['known'].append('Crow'); inputs['segment'] = ''; return None"
    assert moral(site, body).repair_output({"moral": "Share."}, inputs) is None
    assert inputs == {"segment": "Go.", "known": ["Fox"]}


def test_a_hook_that_fails_is_told_as_any_other(site: Path) -> None:
    with pytest.raises(
        HookFailedError, match=r"^Step 'moral': hook 'repair_output' of acme-moral 1.0 raised KeyError: 'doers'"
    ):
        moral(site, "return inputs['doers']").repair_output({"moral": "Share."}, INPUTS)


def test_an_extension_may_leave_out_more_of_what_the_step_left(site: Path) -> None:
    write_extension(
        site,
        "short",
        """
    from ft_core import Problem, Repaired


    @hookimpl(wrapper=True)
    def repair_output():
        repaired = yield
        moral = repaired.output["moral"].rstrip(".")
        told = Problem("$.moral", "full stops; left out")
        return Repaired({**repaired.output, "moral": moral}, (*repaired.repairs, told))
    """,
    )
    repaired = moral(site, CUT).repair_output({"moral": " Share. "}, INPUTS)
    assert repaired is not None
    assert repaired.output == {"moral": "Share"}
    assert [str(each) for each in repaired.repairs] == ["$.moral: blanks; left out", "$.moral: full stops; left out"]
