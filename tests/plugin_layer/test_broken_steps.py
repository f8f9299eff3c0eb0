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
    UnmarkedHookError,
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


@pytest.mark.parametrize(
    ("metadata", "found"),
    [
        ("Metadata-Version: 2.4\nNAME:  Acme.Stac \nVersion: 2.0\n", []),
        ("Metadata-Version: 2.4\nVersion: 2.0\n\nName: acme-stac\n", ["stac"]),
        ("Metadata-Version: 2.4\nName:\nVersion: 2.0\n", ["stac"]),
    ],
    ids=["in other letters", "in the description", "none"],
)
def test_the_name_that_shadows_is_that_of_the_metadata(tmp_path: Path, site: Path, metadata: str, found: list[str]) -> None:
    write_step(site, "stac")
    first = tmp_path / "first" / "another-2.0.dist-info"
    first.mkdir(parents=True)
    (first / "METADATA").write_text(metadata, encoding="utf-8")
    assert [each.name for each in load_steps([str(tmp_path / "first"), str(site)]).working] == found


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
        "No module named 'a_module_that_is_not_there' (acme_moral, line 3). Install what it misses, or uninstall acme-moral."
    )


def test_a_misspelt_hook_is_told_with_the_hooks_on_offer(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef build_promt(inputs):\n    return None\n")
    error = why_broken(site, "moral")
    assert isinstance(error, UnknownHookError)
    assert str(error) == (
        "Step 'moral': acme-moral 1.0 implements 'build_promt', which is not a hook. Did you mean 'build_prompt'? Hooks: "
        "describe_step, build_inputs, extract_examples, build_prompt, validate_output, narrow_schema, repair_output, "
        "configure_lora, apply_output, score_outputs, on_step_selected, on_step_started, on_step_finished."
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


@pytest.mark.parametrize("hook", ["build_prompt", "configure_lora"])
def test_a_hook_without_its_mark_is_refused_because_it_would_never_be_called(site: Path, hook: str) -> None:
    write_step(site, "moral", extra=f"def {hook}():\n    return None\n")
    error = why_broken(site, "moral")
    assert isinstance(error, UnmarkedHookError)
    assert str(error) == (
        f"Step 'moral': hook '{hook}' of acme-moral 1.0 lacks its mark, so it would never be called. Write @hookimpl before it, "
        f"or give the function another name."
    )


def test_a_function_that_is_only_imported_may_have_the_name_of_a_hook(site: Path) -> None:
    write_step(site, "moral", extra="from ft_core.hookspecs import configure_lora\n")
    assert [step.name for step in load(site).working] == ["moral"]


def test_an_import_that_fails_is_told_with_its_line_and_a_syntax_error_with_its_own(site: Path) -> None:
    write_step(site, "moral", hooks="def find():\n    return {}['index']\n\nfind()\n")
    write_step(site, "motif", hooks="import acme_moral_\ndef find(:\n")
    told = {step.entry.name: str(step.error) for step in load(site).broken}
    assert told["moral"] == (
        "Step 'moral': acme_moral of acme-moral 1.0 cannot be imported: KeyError: 'index' (acme_moral, line 4). Report it to the "
        "authors of the step, or uninstall acme-moral."
    )
    assert "cannot be imported: SyntaxError: invalid syntax (acme_motif.py, line 4). Report it" in told["motif"]


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
        ("writes=('annotations',), scope='tale'", "gives the scope 'tale'; it must be 'event' or 'story'."),
        (
            "writes=('stac',), scope='story'",
            "is asked of the tale as a whole and gives writes=('stac',); it must be ('annotations',).",
        ),
        ("writes=('annotations',), requires='character'", "gives requires='character'; it must be a tuple of names"),
        ("writes=('annotations',), uses=None", "gives uses=None; it must be a tuple of names"),
        ("writes=(['annotations'],)", "gives writes=(['annotations'],); it must be a tuple of names"),
        ("writes=('annotations',), primary_metric=1", "gives a primary_metric that is not a text."),
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
        "Step 'moral' of acme-moral 1.0 requires step 'character', which is not installed; install it, or uninstall acme-moral."
    )


def test_a_step_that_requires_a_broken_one_is_broken_too(site: Path) -> None:
    write_step(site, "a", requires=("b",))
    write_step(site, "b", requires=("gone",))
    assert "requires step 'b', which is broken itself; mend that step first" in str(why_broken(site, "a"))


def test_a_step_that_requires_one_that_cannot_be_imported_is_broken_too(site: Path) -> None:
    write_step(site, "a", requires=("b",))
    write_step(site, "b", hooks="raise RuntimeError('b')")
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


@pytest.mark.parametrize(
    "hooks", ["import sys; sys.exit(3)", MORAL_HOOKS + "\n@hookimpl\ndef describe_step():\n    raise SystemExit(3)"]
)
def test_a_step_that_exits_does_not_end_the_program(site: Path, hooks: str) -> None:
    write_step(site, "moral", hooks=hooks)
    assert "SystemExit: 3" in str(why_broken(site, "moral"))


def test_an_entry_point_must_name_a_module(site: Path) -> None:
    write_step(site, "moral")
    (site / "acme_moral-1.0.dist-info" / "entry_points.txt").write_text("[ft_core.steps]\nmoral = acme_moral:SCHEMA\n")
    error = why_broken(site, "moral")
    assert isinstance(error, StepImportError)
    assert str(error) == (
        "Step 'moral': acme_moral:SCHEMA of acme-moral 1.0 is a dict. The entry point must name a module with hooks; "
        "its authors must correct it."
    )


@pytest.mark.parametrize("content", [b"[ft_core.steps]\nmoral\n", b"[ft_core.steps]\nmoral = acme_moral \xff\n"])
def test_entry_points_that_cannot_be_read_are_a_broken_step(site: Path, content: bytes) -> None:
    write_step(site, "moral")
    (site / "acme_moral-1.0.dist-info" / "entry_points.txt").write_bytes(content)
    error = why_broken(site, "?")
    assert isinstance(error, StepImportError)
    assert "acme-moral 1.0: its entry_points.txt cannot be read (" in str(error)


def test_unreadable_entry_points_that_are_not_ours_are_passed_over(site: Path) -> None:
    write_distribution(site, "acme-other", {}, group="console_scripts")
    (site / "acme_other-1.0.dist-info" / "entry_points.txt").write_text("[console_scripts]\nacme\n")
    assert load(site).broken == ()


def test_a_step_may_be_called_as_the_project(site: Path) -> None:
    write_step(site, "ft_core", distribution="acme-odd")
    assert [each.name for each in load(site).working] == ["ft_core"]


def test_a_wrapper_that_is_no_generator_is_an_error_of_that_step(site: Path) -> None:
    write_step(site, "moral", extra="@hookimpl(wrapper=True)\ndef configure_lora(settings):\n    return settings\n")
    error = why_broken(site, "moral")
    assert isinstance(error, HookResultError)
    assert "Step 'moral': a hook of acme-moral 1.0 cannot be used: " in str(error)


def test_a_hook_that_is_no_function_is_refused_because_it_is_never_called(site: Path) -> None:
    extra = "import functools\nvalidate_output = hookimpl(functools.partial(lambda output, inputs: []))\n"
    write_step(site, "moral", extra=extra)
    error = why_broken(site, "moral")
    assert isinstance(error, HookArgumentError)
    assert "hook 'validate_output' of acme-moral 1.0 is a partial, which would never be called. Define it with def." in str(
        error
    )


@pytest.mark.parametrize(
    ("parameters", "shown"), [("*, inputs", "'inputs'"), ("*inputs", "'*inputs'"), ("inputs, /", "'inputs'")]
)
def test_a_hook_takes_plain_arguments_only(site: Path, parameters: str, shown: str) -> None:
    write_step(site, "moral", extra=f"@hookimpl\ndef build_prompt({parameters}):\n    return Prompt('', '')\n")
    message = f"hook 'build_prompt' of acme-moral 1.0 takes {shown} in a way that cannot be filled."
    assert message in str(why_broken(site, "moral"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("{'$ref': '#/$defs/none'}", "$ref '#/$defs/none' leads nowhere; a schema may refer to its own parts only"),
        ("{'$ref': 'http://127.0.0.1:9/moral.json'}", "$ref 'http://127.0.0.1:9/moral.json' leads nowhere"),
        ("{'default': {1, 2}}", "it is not made of JSON values: "),
    ],
)
def test_a_schema_must_be_whole_and_made_of_json(site: Path, change: str, message: str) -> None:
    write_step(site, "moral", extra=f"SCHEMA['properties']['moral'] = {change}\n")
    assert message in str(why_broken(site, "moral"))
