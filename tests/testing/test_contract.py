"""The contract kit: our own steps keep their contract, and each check finds what it is for."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from types import ModuleType

import pytest

from ft_core.errors import UnknownStepError
from ft_core.step import load_steps
from ft_core.story import Story
from ft_core.testing import CHECKS, Finding, assert_step, check_step
from tests.distributions import write_step, write_story_step
from tests.plugins.asking import STEPS
from tests.tales import SEGMENTS, make_event, make_tale, read_story

Check = Callable[..., dict[str, list[Finding]]]

MORALS = ("Share.", "Lend.", "Thank.")


def make_stories() -> list[Story]:
    events = [make_event(i + 1, annotations={"moral": {"moral": moral}}) for i, moral in enumerate(MORALS)]
    tales = [make_tale(name, narrative_events=events, annotations={"moral": {"moral": name}}) for name in ("fox", "crow")]
    return [read_story(tale) for tale in tales]


@pytest.fixture
def check(site: Path) -> Check:
    """Checks a step ``moral`` that works, with something put behind its hooks, and returns what failed by the check's name."""

    def run(extra: str = "", *, stories: list[Story] | None = None, **options: object) -> dict[str, list[Finding]]:
        write_step(site, "moral", extra=extra, **options)  # type: ignore[arg-type]
        failed: dict[str, list[Finding]] = {}
        for finding in check_step("moral", stories or make_stories()):
            if finding.status == "failed":
                failed.setdefault(finding.check, []).append(finding)
        return failed

    return run


@pytest.mark.parametrize("name", STEPS)
def test_each_of_our_steps_keeps_its_contract_with_the_sample_tales(name: str) -> None:
    findings = check_step(name)
    assert [finding.check for finding in findings] == list(CHECKS)
    assert {finding.status for finding in findings} == {"passed"}, "\n".join(map(str, findings))


def test_a_step_that_works_passes_every_check_once(site: Path) -> None:
    write_step(site, "moral")
    findings = check_step("moral", make_stories())
    assert [(each.step, each.check, each.status) for each in findings] == [("moral", name, "passed") for name in CHECKS]
    told = {finding.check: finding.message for finding in findings}
    assert told["installed"] == "acme-moral 1.0, asked once per event"
    assert told["examples"] == "6 examples of 6 questions in 2 tales"
    length = len("What does the segment teach? Answer as JSON.\n\n")
    share = 3 * length / (3 * length + sum(map(len, SEGMENTS)))
    # Two of the three segments begin with "The", one does not.
    assert told["prefix"] == f"all prompts begin with the same {length} characters, {share:.0%} of a prompt on average"


def test_a_step_of_whole_tales_passes_too(site: Path) -> None:
    write_story_step(site, "moral")
    assert {finding.status for finding in check_step("moral", make_stories())} == {"passed"}
    assert_step("moral", make_stories())


def test_a_step_is_named_by_its_module_or_given_itself(site: Path) -> None:
    write_step(site, "moral")
    module = importlib.import_module("acme_moral")
    by_name = check_step("moral", make_stories())
    assert check_step(module, make_stories()) == by_name == check_step(load_steps().get("moral"), make_stories())
    with pytest.raises(UnknownStepError, match="No installed step has its hooks in the module pytest. Install its dist"):
        check_step(pytest)
    with pytest.raises(UnknownStepError, match="No step 'morl' is installed"):
        check_step("morl")


def test_what_failed_is_the_message_of_the_assertion(site: Path) -> None:
    write_step(site, "moral", extra="SCHEMA['required'] = []\n")
    with pytest.raises(AssertionError) as caught:
        assert_step("moral", make_stories())
    assert str(caught.value).splitlines()[:2] == [
        "the step does not keep its contract:",
        "failed refusal: an answer without $.moral passes. Name the key in required; a blank value is an empty text",
    ]


def test_a_broken_step_fails_at_once_with_its_reason(site: Path) -> None:
    write_step(site, "moral", hooks="raise RuntimeError('no index')")
    (finding,) = check_step("moral")
    assert (finding.check, finding.status) == ("installed", "failed")
    assert "acme_moral of acme-moral 1.0 cannot be imported: RuntimeError: no index" in finding.message


HOOK = "@hookimpl\ndef {name}({arguments}):\n    {body}\n"


@pytest.mark.parametrize(
    ("name", "extra", "message"),
    [
        ("examples", HOOK.format(name="extract_examples", arguments="step", body="return iter(())"),
         "the 2 tales give no example; the reasons are: the step said nothing of this event (6). Let extract_examples read"),
        ("examples", HOOK.format(name="extract_examples", arguments="step", body="yield 1 / 0"),
         "hook 'extract_examples' of acme-moral 1.0 raised ZeroDivisionError"),
        ("examples", HOOK.format(
            name="extract_examples", arguments="step, story, inputs_of",
            body="yield from [Example(inputs_of(story.events[0]), {'moral': ''}, story.id, story.events[0].id)] * 2"),
         "speaks of an event twice"),
        ("gold", "SCHEMA['properties']['moral']['maxLength'] = 5\n",
         "fox, event e1: the annotated answer is not valid: $.moral: 'Share.' is too long. Correct what extract_examples gives"),
        ("gold", HOOK.format(name="validate_output", arguments="step", body="return [Problem('$.moral', 'never')]").replace(
            "@", "from ft_core import Problem\n@"),
         "the annotated answer is not valid: $.moral: never"),
        ("gold", "from ft_core import Problem, Repaired\n" + HOOK.format(
            name="repair_output", arguments="output", body=(
                "output['moral'] = output['moral'].rstrip('.'); return Repaired(output, (Problem('$.moral', 'a stop; left out'),))")),
         "fox, event e1: repair_output would leave something out of the gold answer ($.moral: a stop; left out). Let it leave out"),
        ("gold", HOOK.format(name="repair_output", arguments="output", body="output['moral'] = ''"),
         "hook 'repair_output' of acme-moral 1.0 changed the answer and did not tell what it left out"),
        ("gold", "SCHEMA['properties'] = {'moral': {'type': 'object', 'properties': {'b': {}, 'a': {}}}}\n"
         + HOOK.format(name="extract_examples", arguments="story, inputs_of", body=(
             "yield from (Example(inputs_of(e), {'moral': {'a': 1, 'b': 2}}, story.id, e.id) for e in story.events)")),
         "the keys of $.moral stand as a, b, in output_schema as b, a. Give them in one order"),
        ("prompt", "from itertools import count\nNUMBERS = count()\n"
         + HOOK.format(name="build_prompt", arguments="inputs", body="return Prompt('What?', f'{next(NUMBERS)}')"),
         "build_prompt gave two prompts for the inputs of crow, event e3. Let it use nothing but its inputs"),
        ("prompt", HOOK.format(
            name="build_prompt", arguments="inputs", body="inputs['segment'] = 'x'; return Prompt('What?', 'x')"),
         "build_prompt changed the inputs of crow, event e3. Let it work on a copy"),
        ("prompt", HOOK.format(
            name="validate_output", arguments="inputs", body="inputs['segment'] = 'x'; return []"),
         "build_inputs gave other inputs for crow, event e3 the second time, or a hook changed the first ones. Let it use"),
        ("prompt", "from itertools import count\nNUMBERS = count()\n" + HOOK.format(
            name="build_inputs", arguments="event",
            body="return {'segment': event.text} if next(NUMBERS) < 6 else NotApplicable('late')"),
         "build_inputs gave inputs for crow, event e3, then NotApplicable(reason='late', path=''). Let it use nothing but"),
        ("prefix", HOOK.format(name="build_prompt", arguments="inputs", body="return Prompt(inputs['segment'], 'What?')"),
         "the prompts have 3 different system texts. Put what depends on the tale into the user text"),
        ("prefix", HOOK.format(name="build_prompt", arguments="inputs", body=(
            "return Prompt('', inputs['segment'] + '\\nSay in one sentence what the segment teaches.')")),
         "45 characters of every prompt are the same, but stand behind the tale's material; before it are only 0. Put them"),
        ("refusal", "SCHEMA['required'] = []\n", "an answer without $.moral passes. Name the key in required"),
        ("refusal", "del SCHEMA['additionalProperties']\n", 'with another key in $ passes. Say "additionalProperties": false'),
        ("refusal", "SCHEMA['properties']['moral'] = {}\n", "a value of any type at $.moral passes. Give it a type"),
        ("round-trip", HOOK.format(name="apply_output", arguments="step", body="return True"),
         "fox, event e1: extract_examples gives 'no moral is annotated' once the gold answer {'moral': 'Share.'} is written back"),
        ("round-trip", HOOK.format(
            name="apply_output", arguments="step, event, output", body="event.annotations[step] = {'moral': 'x'}; return True"),
         "extract_examples gives {'moral': 'x'} once the gold answer {'moral': 'Share.'} is written back. Let apply_output write"),
        ("round-trip", HOOK.format(
            name="apply_output", arguments="step, event, output",
            body="event.annotations[step] = dict(output); event.description = 'x'; return True"),
         "apply_output changed 'description' in fox, which writes=('annotations',) does not name. Add it, or leave it alone"),
        ("round-trip", HOOK.format(
            name="apply_output", arguments="step, event, output",
            body="event.annotations.update({step: dict(output), 'motif': 1}); return True"),
         "apply_output changed 'annotations of other steps' in fox"),
        ("round-trip", HOOK.format(
            name="apply_output", arguments="step, story, event, output",
            body="event.annotations[step] = dict(output); story.characters.clear(); return True"),
         "apply_output changed 'characters' in fox"),
        ("grammar", "SCHEMA['properties']['moral']['not'] = {'const': 'x'}\n",
         "output_schema does not compile for constrained decoding: Unimplemented keys"),
        ("grammar", HOOK.format(name="narrow_schema", arguments="schema",
                                body="schema['properties']['moral']['enum'] = ['Go.']; return schema"),
         "fox, event e1: constrained decoding could not write the gold answer from 'Share.\"}' on. Change what narrow_schema gives"),
        ("grammar", HOOK.format(name="narrow_schema", arguments="schema",
                                body="schema['properties']['moral']['not'] = {}; return schema"),
         "fox, event e1: what narrow_schema gives does not compile for constrained decoding: Unimplemented keys"),
        ("grammar", "from itertools import count\nNUMBERS = count(99)\n" + HOOK.format(
            name="narrow_schema", arguments="schema",
            body="schema['properties']['moral']['maxLength'] = next(NUMBERS); return schema"),
         "fox, event e1: narrow_schema gave two schemas for the same inputs. Let it use nothing but its arguments"),
        ("grammar", HOOK.format(name="narrow_schema", arguments="schema", body="return {'type': 'object'}"),
         "hook 'narrow_schema' of acme-moral 1.0 gave a schema that cannot be used: $ says nothing of 'properties'"),
        ("scores", "\nfrom ft_core import ScoreSheet\n" + HOOK.format(
            name="score_outputs", arguments="answers", body="return ScoreSheet([{} for _ in answers], lambda sums: {'f1': 1.0})"),
         "primary_metric is 'exact_match', which score_outputs does not give. Name one of these: f1"),
        ("scores", "\nfrom ft_core import ScoreSheet\n" + HOOK.format(
            name="score_outputs", arguments="answers",
            body="return ScoreSheet([{}], lambda sums: {'exact_match': float('nan')})"),
         "score_outputs gave 1 rows of counts for 6 answers; give one for each"),
        ("scores", HOOK.format(
            name="score_outputs", arguments="answers", body="return [answer.predicted['moral'] for answer in answers]"),
         "hook 'score_outputs' of acme-moral 1.0"),
        ("hash-seeds", HOOK.format(
            name="build_prompt", arguments="inputs", body="return Prompt('What?', ' '.join(set(inputs['segment'].split())))"),
         "examples differ between two processes with other hash seeds, such as those of fox, event e1"),
    ],
)  # fmt: skip
def test_each_check_finds_what_it_is_for(check: Check, name: str, extra: str, message: str) -> None:
    failed = check(extra)
    assert message in "\n".join(finding.message for finding in failed[name])


def test_where_there_is_no_example_the_other_checks_are_left_out(check: Check) -> None:
    assert list(check(HOOK.format(name="extract_examples", arguments="step", body="return iter(())"))) == ["examples"]
    findings = check_step("moral", [])
    assert [finding.check for finding in findings] == ["installed", "examples"]
    assert "the 0 tales give no example; the reasons are: none, for there is no tale." in findings[1].message


@pytest.fixture
def heavy(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins for two heavy libraries, for other processes and for this one, which forgets them again."""
    for name in ("pandas", "sklearn"):
        (site / f"{name}.py").write_text("", encoding="utf-8")
        monkeypatch.setitem(sys.modules, name, ModuleType(name))


@pytest.mark.usefixtures("heavy")
def test_a_heavy_library_that_a_step_loads_is_named(check: Check) -> None:
    lazy = HOOK.format(name="build_prompt", arguments="inputs", body="import pandas; return Prompt('What?', inputs['segment'])")
    failed = check("import sklearn\n" + lazy)
    assert list(failed) == ["imports"]
    assert failed["imports"][0].message.startswith("the step loads pandas, sklearn, and so would every command")


@pytest.mark.usefixtures("heavy")
def test_what_another_step_loads_is_not_this_one_s_fault(check: Check, site: Path) -> None:
    write_step(site, "another", extra="import pandas\n")
    assert check() == {}


def test_a_step_that_cannot_run_in_a_process_of_its_own_is_told(check: Check) -> None:
    extra = "import os\nif os.environ.get('PYTHONHASHSEED') == '2':\n    raise RuntimeError('no luck')\n"
    failed = check(extra)
    assert list(failed) == ["imports", "hash-seeds"]
    assert "the step fails in a process of its own: RuntimeError: no luck" in failed["imports"][0].message


def test_two_tales_of_one_id_are_found(check: Check) -> None:
    story = make_stories()[0]
    failed = check(stories=[story, deepcopy(story)])
    assert "2 examples are of fox, event e1: two tales have one id. Give each tale its own" in failed["ids"][0].message


def test_what_a_later_step_is_asked_has_to_be_what_gold_asks(check: Check, site: Path) -> None:
    names = """
    @hookimpl
    def describe_step():
        return StepInfo("Doer", "Who acts.", SCHEMA, writes=("agents", "targets"))
    @hookimpl
    def build_inputs(event):
        return {"segment": event.text}
    @hookimpl
    def extract_examples(story, inputs_of):
        for event in story.events:
            yield Example(inputs_of(event), {"moral": event.agents[0]}, story.id, event.id)
    @hookimpl
    def apply_output(event, output):
        event.agents = [output["moral"]]
        return True
    """
    write_step(site, "reader", requires=("moral",), extra=(
        "@hookimpl\ndef build_inputs(event):\n    return {'segment': event.text, 'targets': list(event.targets)}\n"
    ))  # fmt: skip
    failed = check(names)
    assert list(failed) == ["round-trip"]
    assert failed["round-trip"][0].message == (
        "fox, event e1: the inputs of 'reader' are not those of the annotated tale once the gold answers of 'moral' are written "
        "back (targets: ['Fox'] became []). Let apply_output write all that its answer says, as the annotators would"
    )
    assert failed["round-trip"][-1].message == "and 3 more places"


def test_without_llguidance_the_grammar_is_skipped_and_says_so(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_step(site, "moral")
    monkeypatch.setattr("ft_core.testing.check.grammar.find_spec", lambda name: None)
    found = {finding.check: finding for finding in check_step("moral", make_stories())}
    assert found["grammar"].status == "skipped"
    assert "llguidance is not installed; it comes with: pip install 'ft-core[train]'" in found["grammar"].message


def test_of_one_example_no_prefix_can_be_told(site: Path) -> None:
    write_story_step(site, "moral")
    found = {finding.check: finding for finding in check_step("moral", make_stories()[:1])}
    assert (found["prefix"].status, found["prefix"].message) == ("skipped", "fewer than two examples, which share nothing")
