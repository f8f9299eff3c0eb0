"""Each way in which an installed step can be broken has its own error, and the other steps go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_core.errors import (
    DuplicateStepError,
    HookArgumentError,
    HookFailedError,
    HookResultError,
    HookReturnedNoneError,
    InvalidSchemaError,
    InvalidStepInfoError,
    InvalidStepNameError,
    MissingHookError,
    MissingRequirementError,
    PluginError,
    SpecnameError,
    StepCycleError,
    StepImportError,
    UnknownHookError,
)
from ft_core.step import Steps, load_steps
from tests.distributions import MORAL_HOOKS, write_distribution, write_step


def load(site: Path) -> Steps:
    return load_steps([str(site)])


def why_broken(site: Path, step: str) -> PluginError:
    """The error of a broken step; a sound neighbour must still work."""
    write_step(site, "neighbour")
    steps = load(site)
    assert "neighbour" in [each.name for each in steps.working]
    (broken,) = [each for each in steps.broken if each.entry.name == step]
    with pytest.raises(type(broken.error)):
        steps.get(step)
    return broken.error


def test_two_distributions_may_not_share_a_step_name_and_neither_is_imported(site: Path) -> None:
    for distribution, version in (("ft-stac", "1.0"), ("acme-stac", "0.3")):
        write_step(site, "stac", distribution=distribution, version=version, hooks="raise SystemError('imported')")
    steps = load(site)
    message = "Step 'stac' is provided by acme-stac 0.3 and ft-stac 1.0. Uninstall one of them."
    assert [(str(each.error), type(each.error)) for each in steps.broken] == [(message, DuplicateStepError)] * 2


def test_a_distribution_further_down_the_path_is_shadowed_and_no_duplicate(tmp_path: Path, site: Path) -> None:
    write_step(site, "stac", version="2.0")
    write_distribution(tmp_path / "older", "acme-stac", {"stac": "acme_stac"}, "1.0")
    steps = load_steps([str(site), str(tmp_path / "older")])
    assert [(each.name, each.version) for each in steps.working] == [("stac", "2.0")]


def test_a_step_name_outside_the_rule_is_refused(site: Path) -> None:
    write_step(site, "Moral-2", distribution="acme-moral")
    error = why_broken(site, "Moral-2")
    assert isinstance(error, InvalidStepNameError)
    assert "acme-moral 1.0 provides a step named 'Moral-2'" in str(error)


def test_a_failing_import_is_told_with_its_cause(site: Path) -> None:
    write_step(site, "moral", hooks="import a_module_that_is_not_there")
    error = why_broken(site, "moral")
    assert isinstance(error, StepImportError)
    assert str(error) == (
        "Step 'moral': acme_moral of acme-moral 1.0 cannot be imported: ModuleNotFoundError: "
        "No module named 'a_module_that_is_not_there'. Install what it misses, or uninstall acme-moral."
    )


def test_a_misspelt_hook_is_told_with_the_hooks_on_offer(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef build_promt(inputs):\n    return None\n")
    error = why_broken(site, "moral")
    assert isinstance(error, UnknownHookError)
    assert str(error) == (
        "Step 'moral': acme-moral 1.0 implements 'build_promt', which is not a hook. Did you mean 'build_prompt'? Hooks: "
        "describe_step, build_inputs, extract_examples, build_prompt, validate_output, configure_lora, apply_output, "
        "score_outputs."
    )


def test_a_misspelt_hook_argument_is_told_with_the_arguments_on_offer(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef build_prompt(input):\n    return None\n")
    error = why_broken(site, "moral")
    assert isinstance(error, HookArgumentError)
    assert str(error) == (
        "Step 'moral': hook 'build_prompt' of acme-moral 1.0 asks for the argument 'input'. "
        "Did you mean 'inputs'? Arguments: step, inputs."
    )


def test_a_hook_argument_with_a_default_is_refused_because_it_is_never_filled(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef build_prompt(inputs=None):\n    return None\n")
    error = why_broken(site, "moral")
    assert isinstance(error, HookArgumentError)
    assert "gives the argument 'inputs' a default, so it would never be filled. Remove the default." in str(error)


def test_a_missing_required_hook_is_named(site: Path) -> None:
    write_step(site, "moral", extra="del apply_output, build_prompt\n")
    error = why_broken(site, "moral")
    assert isinstance(error, MissingHookError)
    assert str(error) == (
        "Step 'moral': acme_moral of acme-moral 1.0 lacks the required hooks build_prompt, apply_output. "
        "Define each as a function marked with @hookimpl."
    )


def test_a_wrapper_alone_does_not_make_a_required_hook(site: Path) -> None:
    wrapper = "@hookimpl(wrapper=True)\ndef build_prompt(inputs):\n    return (yield)\n"
    write_step(site, "moral", extra=wrapper)
    assert "lacks the required hook build_prompt." in str(why_broken(site, "moral"))


def test_specname_is_refused_on_a_step(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl(specname='build_prompt')\ndef ask(inputs):\n    return None\n")
    error = why_broken(site, "moral")
    assert isinstance(error, SpecnameError)
    assert str(error) == (
        "Step 'moral': hook 'ask' of acme-moral 1.0 uses specname='build_prompt', which would answer for other steps too. "
        "Name the function 'build_prompt' instead."
    )


def test_describe_step_answering_none_is_an_error(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef describe_step(step):\n    return None\n")
    error = why_broken(site, "moral")
    assert isinstance(error, HookReturnedNoneError)
    assert "Step 'moral': hook 'describe_step' of acme-moral 1.0 answered None." in str(error)


def test_describe_step_answering_something_else_is_an_error(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef describe_step(step):\n    return {'title': step}\n")
    error = why_broken(site, "moral")
    assert isinstance(error, HookResultError)
    assert str(error).endswith("of acme-moral 1.0 answered a dict; it must return a StepInfo.")


def test_describe_step_raising_is_an_error_of_that_step(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef describe_step(step):\n    return {}['title']\n")
    error = why_broken(site, "moral")
    assert isinstance(error, HookFailedError)
    assert "hook 'describe_step' of acme-moral 1.0 raised KeyError: 'title'" in str(error)


def test_an_output_schema_that_is_no_json_schema_is_refused(site: Path) -> None:
    write_step(site, "moral", extra="SCHEMA['properties']['moral']['type'] = 'text'\n")
    error = why_broken(site, "moral")
    assert isinstance(error, InvalidSchemaError)
    assert "gives an output_schema that is not a JSON Schema 2020-12 of an object: $.properties.moral.type" in str(error)


def test_an_output_schema_must_be_of_an_object(site: Path) -> None:
    write_step(site, "moral", extra="SCHEMA['type'] = 'array'\n")
    assert '$.type: the schema must be a mapping with "type": "object"' in str(why_broken(site, "moral"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("writes=('morals',)", "says that it writes 'morals', which is not a field. Fields: characters, agents, targets"),
        ("writes=('agent',)", "says that it writes 'agent', which is not a field. Did you mean 'agents'? Fields:"),
        ("writes=()", "names no field that the step writes"),
        ("writes=('annotations',), requires=('moral',)", "names the step itself in requires or uses; remove it there."),
        ("writes=('annotations',), scope='story'", "gives the scope 'story'; this version"),
    ],
)
def test_a_step_info_that_cannot_be_is_refused(site: Path, change: str, message: str) -> None:
    body = f"@hookimpl\ndef describe_step(step):\n    return StepInfo('Moral', 'Moral.', SCHEMA, {change})\n"
    write_step(site, "moral", extra=body)
    error = why_broken(site, "moral")
    assert isinstance(error, InvalidStepInfoError)
    assert message in str(error)


def test_a_required_step_that_is_not_installed_is_named(site: Path) -> None:
    write_step(site, "moral", requires=("character",))
    error = why_broken(site, "moral")
    assert isinstance(error, MissingRequirementError)
    assert str(error) == (
        "Step 'moral' of acme-moral 1.0 requires step 'character', which is not installed or cannot be loaded; install it, "
        "or uninstall acme-moral."
    )


def test_a_step_that_requires_a_broken_one_is_broken_too(site: Path) -> None:
    write_step(site, "a", requires=("b",))
    write_step(site, "b", requires=("gone",))
    assert "requires step 'b', which is broken itself; mend that step first" in str(why_broken(site, "a"))


def test_a_used_step_that_is_not_installed_is_no_error(site: Path) -> None:
    write_step(site, "moral", uses=("character",))
    assert [each.name for each in load(site).working] == ["moral"]


def test_a_circle_of_requires_and_uses_is_drawn(site: Path) -> None:
    write_step(site, "a", requires=("b",))
    write_step(site, "b", uses=("c",))
    write_step(site, "c", requires=("a",))
    write_step(site, "outside", uses=("a",))
    error = why_broken(site, "b")
    assert isinstance(error, StepCycleError)
    assert "Step 'b' of acme-b 1.0 is in a circle of requires and uses: " in str(error)
    assert "a → b → c" in str(error) or "b → c → a" in str(error) or "c → a → b" in str(error)
    assert [each.name for each in load(site).working] == ["neighbour", "outside"]


def test_one_module_may_not_serve_two_step_names(site: Path) -> None:
    (site / "acme_twice.py").write_text("REQUIRES = USES = ()\n" + MORAL_HOOKS, encoding="utf-8")
    write_distribution(site, "acme-twice", {"one": "acme_twice", "two": "acme_twice"})
    error = why_broken(site, "two")
    assert str(error) == (
        "Step 'two': acme_twice of acme-twice 1.0 is already the module of step 'one'. Give each step a module of its own."
    )
