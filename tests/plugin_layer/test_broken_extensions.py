"""An extension that cannot be used is told of, and no step is asked without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_core.errors import (
    BrokenExtensionError,
    DuplicateStepError,
    ExtensionAnswerError,
    ExtensionFailedError,
    HookArgumentError,
    HookResultError,
    InvalidStepNameError,
    PluginError,
    SharedModuleError,
    SpecnameError,
    StepImportError,
    UnknownHookError,
    UnmarkedHookError,
)
from ft_core.step import load_steps
from tests.distributions import write_distribution, write_extension, write_step


def why_broken(site: Path) -> PluginError:
    """The error of the one broken extension; the step beside it is sound, and still cannot be had."""
    write_step(site, "neighbour")
    steps = load_steps([str(site)])
    assert [step.name for step in steps.working] == ["neighbour"]
    error = steps.broken_extensions[0].error
    with pytest.raises(BrokenExtensionError):
        steps.get("neighbour")
    with pytest.raises(BrokenExtensionError):
        steps.select([])
    return error


def test_no_step_is_asked_while_an_extension_is_broken_and_the_message_says_why_and_what_to_do(site: Path) -> None:
    write_step(site, "moral")
    write_extension(site, "polite", "raise RuntimeError('no words')")
    write_extension(site, "strict", "")
    with pytest.raises(BrokenExtensionError) as caught:
        load_steps([str(site)]).select(["moral"])
    assert str(caught.value) == (
        "An extension is broken, and without it the steps would ask in another way:\n"
        "  Extension 'polite': acme_polite of acme-polite 1.0 cannot be imported: RuntimeError: no words (acme_polite, line "
        "2). Report it to the authors of the extension, or uninstall acme-polite.\n"
        "Mend it, or do without it for good (pip uninstall acme-polite), or for now (FT_CORE_LOAD=moral,strict)."
    )


def test_left_out_by_name_it_is_no_trouble(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_step(site, "moral")
    write_extension(site, "polite", "raise RuntimeError('no words')")
    monkeypatch.setenv("FT_CORE_LOAD", "moral")
    assert load_steps([str(site)]).get("moral").name == "moral"


@pytest.mark.parametrize(
    ("hooks", "kind", "message"),
    [
        ("import nowhere", StepImportError, "Extension 'polite': acme_polite of acme-polite 1.0 cannot be imported: Module"),
        (
            "def build_prompt():\n    return (yield)",
            UnmarkedHookError,
            "Extension 'polite': hook 'build_prompt' of acme-polite 1.0 lacks its mark, so it would never be called. Write",
        ),
        (
            "@hookimpl\ndef build_promt(): ...",
            UnknownHookError,
            "acme-polite 1.0 implements 'build_promt', which is not a hook. Did",
        ),
        (
            "@hookimpl(wrapper=True)\ndef build_prompt(input):\n    return (yield)",
            HookArgumentError,
            "hook 'build_prompt' of acme-polite 1.0 asks for the argument 'input'. Did you mean 'inputs'?",
        ),
        (
            "@hookimpl(wrapper=True, specname='build_prompt')\ndef ask():\n    return (yield)",
            SpecnameError,
            "uses specname='build_prompt'. Name the function 'build_prompt' instead.",
        ),
        (
            "@hookimpl\ndef build_prompt():\n    return Prompt('', '')",
            ExtensionAnswerError,
            "Extension 'polite': hook 'build_prompt' of acme-polite 1.0 would answer in the place of every step. Wrap it: ",
        ),
        (
            "@hookimpl(wrapper=True)\ndef build_prompt():\n    return 1",
            HookResultError,
            "Extension 'polite': a hook of acme-polite 1.0 cannot be used: ",
        ),
    ],
)
def test_each_fault_of_a_module_has_its_error(site: Path, hooks: str, kind: type[PluginError], message: str) -> None:
    write_extension(site, "polite", hooks)
    error = why_broken(site)
    assert type(error) is kind
    assert message in str(error)


def test_two_distributions_may_not_share_the_name_of_an_extension(site: Path) -> None:
    for distribution in ("acme-polite", "other-polite"):
        write_extension(site, "polite", "raise SystemError('imported')", distribution=distribution)
    error = why_broken(site)
    assert isinstance(error, DuplicateStepError)
    assert str(error) == "Extension 'polite' is provided by acme-polite 1.0 and other-polite 1.0. Uninstall one of them."


def test_the_name_of_an_extension_follows_the_rule_for_steps(site: Path) -> None:
    write_extension(site, "Po-lite", "", distribution="acme-polite")
    error = why_broken(site)
    assert isinstance(error, InvalidStepNameError)
    assert "acme-polite 1.0 provides an extension named 'Po-lite'. Its name must be a lower-case letter" in str(error)


def test_a_module_serves_one_extension(site: Path) -> None:
    (site / "acme_twice.py").write_text("", encoding="utf-8")
    write_distribution(site, "acme-twice", {"one": "acme_twice", "two": "acme_twice"}, group="ft_core.extensions")
    error = why_broken(site)
    assert isinstance(error, SharedModuleError)
    assert "is already the module of extension 'two'. Give each extension a module of its own." in str(error)


def test_one_that_fails_while_steps_are_described_is_told_of_once_and_not_the_steps(site: Path) -> None:
    for name in ("moral", "motif"):
        write_step(site, name)
    write_extension(
        site, "polite", "@hookimpl(wrapper=True)\ndef describe_step():\n    yield\n    raise SetupError('no words.')\n"
    )
    steps = load_steps([str(site)])
    assert [step.name for step in steps.working] == ["moral", "motif"]
    assert steps.broken == ()
    (broken,) = steps.broken_extensions
    assert isinstance(broken.error, ExtensionFailedError)
    assert str(broken.error) == "Extension 'polite' of acme-polite 1.0: no words."


def test_entry_points_that_cannot_be_read_break_the_extension_too(site: Path) -> None:
    write_extension(site, "polite", "")
    (site / "acme_polite-1.0.dist-info" / "entry_points.txt").write_text("[ft_core.extensions]\npolite\n", encoding="utf-8")
    assert "acme-polite 1.0: its entry_points.txt cannot be read (" in str(why_broken(site))
