"""Extensions: hooks over all steps, in an order that can be relied on, and who is named when something fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_core import Answer, Event, Example, Problem, Prompt, Story, TextSpan
from ft_core.discovery import ExtensionEntry
from ft_core.errors import ExtensionFailedError, HookFailedError, HookResultError, HookReturnedNoneError, SetupError
from ft_core.registry import load_registry
from ft_core.step import Steps, load_steps
from tests.distributions import MORAL_HOOKS, write_distribution, write_extension, write_step

POLITE = """
@hookimpl(wrapper=True)
def build_prompt(step):
    prompt = yield
    return Prompt(f"{prompt.system} Please, {step}.", prompt.user)
"""


def load(site: Path) -> Steps:
    return load_steps([str(site)])


def make_story() -> Story:
    event = Event("e0", "$.narrative_events[0]", TextSpan(0, 3, "Hm."), annotations={"moral": {"moral": "Go."}})
    return Story("t1", events=[event])


def test_an_extension_wraps_the_prompt_of_every_step_in_training_and_at_inference(site: Path) -> None:
    for name in ("moral", "motif"):
        write_step(site, name)
    write_extension(site, "polite", POLITE)
    steps = load(site)
    for name in ("moral", "motif"):
        assert steps.get(name).build_prompt({"segment": "x"}).system.endswith(f" Please, {name}.")
    (example,) = steps.get("moral").examples(make_story())
    assert isinstance(example, Example)
    assert example.as_row()["instruction"].startswith("What does the segment teach? Answer as JSON. Please, moral.\n\nHm.")


def test_an_extension_adds_problems_to_those_of_every_step(site: Path) -> None:
    own = "from ft_core import Problem\n@hookimpl\ndef validate_output():\n    return [Problem('$', 'the step')]\n"
    write_step(site, "moral", extra=own)
    added = "@hookimpl\ndef validate_output(output):\n    return [Problem('$.moral', output['moral'])]\n"
    write_extension(site, "strict", added)
    found = load(site).get("moral").validate_output({"moral": "blank"}, {})
    assert found == [Problem("$", "the step"), Problem("$.moral", "blank")]


def test_the_first_extension_by_name_stands_outermost_and_all_are_around_the_step(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef build_prompt():\n    return Prompt('step', '')\n")
    for name in ("beta", "alpha", "gamma"):
        wrapper = f"@hookimpl(wrapper=True)\ndef build_prompt():\n    return Prompt((yield).system + ' {name}', '')\n"
        write_extension(site, name, wrapper)
    steps = load(site)
    assert steps.get("moral").build_prompt({}).system == "step gamma beta alpha"
    assert [entry.name for entry in steps.extensions] == ["alpha", "beta", "gamma"]


def test_a_step_and_an_extension_may_go_by_one_name(site: Path) -> None:
    write_step(site, "polite")
    write_extension(site, "polite", POLITE, distribution="acme-other")
    assert load(site).get("polite").build_prompt({"segment": ""}).system.endswith("Please, polite.")


def test_a_distribution_may_have_a_step_and_an_extension(site: Path) -> None:
    write_step(site, "moral")
    (site / "acme_moral_around.py").write_text("from ft_core import *\n" + POLITE, encoding="utf-8")
    (site / "acme_moral-1.0.dist-info" / "entry_points.txt").write_text(
        "[ft_core.steps]\nmoral = acme_moral\n[ft_core.extensions]\npolite = acme_moral_around\n", encoding="utf-8"
    )
    assert load(site).get("moral").build_prompt({"segment": ""}).system.endswith("Please, moral.")


def test_an_extension_changes_what_a_step_says_of_itself_and_its_answers_are_checked_by_that(site: Path) -> None:
    write_step(site, "moral")
    hooks = """
    from dataclasses import replace
    @hookimpl(wrapper=True)
    def describe_step():
        info = yield
        return replace(info, output_schema={**info.output_schema, "properties": {"moral": {"enum": ["A"]}}})
    """
    write_extension(site, "codes", hooks)
    assert load(site).get("moral").validate_output({"moral": "B"}, {}) == [Problem("$.moral", "'B' is not one of ['A']")]


def test_an_extension_may_put_other_answers_in_the_places_of_those_to_be_scored(site: Path) -> None:
    write_step(site, "moral")
    hooks = """
    from dataclasses import replace
    @hookimpl(wrapper=True)
    def score_outputs(answers):
        answers[:] = [replace(each, predicted=each.expected) for each in answers]
        return (yield)
    """
    write_extension(site, "kind", hooks)
    answers = (Answer({}, {"moral": "Go."}, None, "t1", "e0"),)
    assert load(site).get("moral").score_outputs(answers).metrics()["exact_match"] == 1.0
    assert answers[0].predicted is None


def test_the_identity_of_extensions_is_there_for_contracts(site: Path) -> None:
    write_extension(site, "polite", POLITE, version="2.1")
    assert load_registry([str(site)]).extensions == [ExtensionEntry("polite", "acme-polite", "2.1", "acme_polite")]


def test_what_an_extension_raises_names_the_extension_and_the_step(site: Path) -> None:
    write_step(site, "moral")
    write_extension(site, "polite", "@hookimpl(wrapper=True)\ndef build_prompt():\n    yield\n    return {}['word']\n")
    with pytest.raises(ExtensionFailedError) as caught:
        load(site).get("moral").build_prompt({"segment": ""})
    assert str(caught.value) == (
        "Extension 'polite': hook 'build_prompt' of acme-polite 1.0, around step 'moral', raised KeyError: 'word' "
        "(acme_polite, line 5). "
        "This is a fault of the extension; report it to its authors or uninstall acme-polite."
    )


def test_what_a_step_raises_within_an_extension_names_the_step(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef build_prompt():\n    return {}['word']\n")
    write_extension(site, "polite", POLITE)
    with pytest.raises(HookFailedError, match="^Step 'moral': hook 'build_prompt' of acme-moral 1.0 raised KeyError") as caught:
        load(site).get("moral").build_prompt({})
    assert not isinstance(caught.value, ExtensionFailedError)


@pytest.mark.parametrize(
    ("body", "told"),
    [("prompt = yield\n    yield\n    return prompt", "has second yield"), ("if False:\n        yield", "did not yield")],
)
def test_a_wrapper_that_yields_twice_or_never_is_the_extensions(site: Path, body: str, told: str) -> None:
    write_step(site, "moral")
    write_extension(site, "polite", f"@hookimpl(wrapper=True)\ndef build_prompt():\n    {body}\n")
    with pytest.raises(ExtensionFailedError, match=f"^Extension 'polite': hook 'build_prompt' of acme-polite 1.0, .*{told}"):
        load(site).get("moral").build_prompt({"segment": ""})


GATHERS = """
@hookimpl(wrapper=True)
def extract_examples():
    items = yield
    return check(items)

def check(items):
    for item in items:
        yield item
        {after}
"""


def test_a_generator_of_a_step_that_fails_within_one_of_an_extension_is_the_steps(site: Path) -> None:
    write_step(
        site, "moral", extra="@hookimpl\ndef extract_examples(story):\n    yield Skipped(story.id, 'e0', '$', 'r')\n    1 / 0\n"
    )
    write_extension(site, "checks", GATHERS.format(after="pass"))
    with pytest.raises(HookFailedError, match="^Step 'moral': hook 'extract_examples' of acme-moral 1.0 raised ZeroDivision"):
        list(load(site).get("moral").examples(make_story()))


def test_a_generator_of_an_extension_that_fails_is_the_extensions(site: Path) -> None:
    write_step(site, "moral")
    write_extension(site, "checks", GATHERS.format(after="1 / 0"))
    with pytest.raises(ExtensionFailedError, match="^Extension 'checks': hook 'extract_examples' of acme-checks 1.0, around"):
        list(load(site).get("moral").examples(make_story()))


def test_what_a_user_has_to_mend_is_told_as_it_is(site: Path) -> None:
    write_step(site, "moral")
    body = "@hookimpl(wrapper=True)\ndef build_prompt():\n    yield\n    raise SetupError('the glossary has no words. Add some.')\n"
    write_extension(site, "polite", body)
    with pytest.raises(ExtensionFailedError) as caught:
        load(site).get("moral").build_prompt({"segment": ""})
    assert str(caught.value) == "Extension 'polite' of acme-polite 1.0: the glossary has no words. Add some."


def test_a_step_too_may_have_something_for_its_user_to_mend(site: Path) -> None:
    body = (
        "@hookimpl\ndef build_prompt():\n    from ft_core import SetupError\n    raise SetupError('name a list of morals.')\n"
    )
    write_step(site, "moral", extra=body)
    with pytest.raises(HookFailedError, match=r"^Step 'moral' of acme-moral 1\.0: name a list of morals\.$"):
        load(site).get("moral").build_prompt({})
    assert issubclass(SetupError, Exception)


@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        ("None", HookReturnedNoneError, "of acme-moral 1.0 (with acme-polite 1.0) answered None"),
        ("'text'", HookResultError, "of acme-moral 1.0 (with acme-polite 1.0) answered a str; it must return a Prompt"),
    ],
)
def test_an_answer_that_cannot_be_names_all_who_had_a_hand_in_it(
    site: Path, result: str, error: type[Exception], message: str
) -> None:
    write_step(site, "moral")
    write_extension(site, "polite", f"@hookimpl(wrapper=True)\ndef build_prompt():\n    yield\n    return {result}\n")
    with pytest.raises(error) as caught:
        load(site).get("moral").build_prompt({"segment": ""})
    assert message in str(caught.value)


def test_an_extension_that_spoils_what_a_step_says_of_itself_is_named(site: Path) -> None:
    write_step(site, "moral")
    write_extension(site, "polite", "@hookimpl(wrapper=True)\ndef describe_step():\n    yield\n    return 'moral'\n")
    (broken,) = load(site).broken
    assert "hook 'describe_step' of acme-moral 1.0 (with acme-polite 1.0) answered a str; it must" in str(broken.error)


class TestListening:
    def test_a_listener_hears_which_steps_are_about_to_be_asked(self, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for name in ("moral", "motif"):
            write_step(site, name)
        write_extension(site, "alpha", "@hookimpl\ndef on_step_selected(step):\n    print(step)\n")
        steps = load(site)
        assert capsys.readouterr().err == ""
        steps.get("motif")
        steps.select([])
        assert capsys.readouterr().err.split() == ["motif", "moral", "motif"]

    def test_a_step_is_not_asked_while_its_user_has_something_to_mend_first(self, site: Path) -> None:
        write_step(site, "moral")
        write_extension(site, "alpha", "@hookimpl\ndef on_step_selected():\n    raise SetupError('no words.')\n")
        with pytest.raises(ExtensionFailedError, match=r"^Extension 'alpha' of acme-alpha 1\.0: no words\.$"):
            load(site).select(["moral"])

    LISTENER = """
    @hookimpl
    def on_step_started(step, examples, folder):
        print("{name} hears", step, examples, folder.name)

    @hookimpl
    def on_step_finished(step, record):
        print("{name} hears", step, record["status"])
    """

    def test_every_listener_hears_of_every_step(self, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for name in ("moral", "motif"):
            write_step(site, name)
        for name in ("alpha", "beta"):
            write_extension(site, name, self.LISTENER.format(name=name))
        for step in load(site).working:
            assert step.on_step_started(3, tmp_path / step.name) == []
            assert step.on_step_finished({"status": "done"}) == []
        heard = sorted(capsys.readouterr().err.splitlines())
        assert heard == [
            f"{name} hears {step} {what}"
            for name in ("alpha", "beta")
            for step in ("moral", "motif")
            for what in (f"3 {step}", "done")
        ]

    def test_a_step_hears_of_itself_only(self, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write_step(site, "moral", extra="@hookimpl\ndef on_step_finished(step):\n    print('heard of', step)\n")
        write_step(site, "motif")
        for step in load(site).working:
            step.on_step_finished({"status": "done"})
        assert capsys.readouterr().err == "heard of moral\n"

    def test_a_listener_that_fails_keeps_nobody_from_hearing(self, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write_step(site, "moral")
        for name, body in (("alpha", "print('alpha')"), ("beta", "1 / 0"), ("gamma", "print('gamma')")):
            write_extension(site, name, f"@hookimpl\ndef on_step_finished():\n    {body}\n")
        (failure,) = load(site).get("moral").on_step_finished({"status": "done"})
        assert "Extension 'beta': hook 'on_step_finished' of acme-beta 1.0, around step 'moral', raised Zero" in str(failure)
        assert sorted(capsys.readouterr().err.split()) == ["alpha", "gamma"]


def test_the_entry_points_of_both_groups_are_read_from_one_distribution_once(site: Path) -> None:
    write_distribution(site, "acme-none", {}, group="ft_core.extensions")
    write_step(site, "moral", hooks=MORAL_HOOKS)
    assert load(site).extensions == ()
    assert load(site).get("moral").build_prompt({"segment": "x"}) == Prompt("What does the segment teach? Answer as JSON.", "x")
