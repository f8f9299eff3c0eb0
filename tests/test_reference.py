"""The parts of the documentation that are made of the code, and the links of the pages."""

from __future__ import annotations

import re

import pytest
from generated_section import SECTIONS, fill_sections
from hook_reference import UndocumentedHookError, describe_hooks
from repository_link import find_links, find_site_path, rewrite_links
from setting_reference import describe_settings
from step_reference import describe_steps
from terminal_picture import COMMAND, PICTURE, draw, run

from ft_core import FineTuneConfig, hookspecs
from ft_core.hook_check import HOOK_ARGUMENTS
from ft_core.step import load_steps
from tests.doc_page import ROOT


def test_the_hook_reference_has_every_hook_with_all_its_arguments() -> None:
    sections = re.split(r"^## ", describe_hooks(), flags=re.MULTILINE)[1:]
    assert [section.split("\n")[0] for section in sections] == list(HOOK_ARGUMENTS)
    for section, arguments in zip(sections, HOOK_ARGUMENTS.values(), strict=True):
        assert re.findall(r"^- `(\w+)`: ", section, re.MULTILINE) == list(arguments)
        assert "```pycon\n>>> " in section
        assert ":class:" not in section


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        ("Called once", "must say when it is 'Called', and have Args:, Returns:, Example: in this order"),
        ("Example:", "must say when it is 'Called', and have Args:, Returns:, Example: in this order"),
        ("    step: the step's name", "The docstring of the hook 'describe_step' must describe step"),
    ],
)
def test_the_reference_is_not_made_of_a_hook_without_documentation(
    lost: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = hookspecs.describe_step.__doc__ or ""
    assert lost in text
    monkeypatch.setattr(hookspecs.describe_step, "__doc__", text.replace(lost, ""))
    with pytest.raises(UndocumentedHookError, match=re.escape(message)):
        describe_hooks()


@pytest.mark.parametrize("name", FineTuneConfig.model_fields)
def test_the_configuration_reference_has_a_row_for_every_setting(name: str) -> None:
    (row,) = [row for row in describe_settings().splitlines() if row.startswith(f"| `{name}`<br>`--{name.replace('_', '-')}`")]
    assert row.endswith(f"| {FineTuneConfig.model_fields[name].description} |")


def test_defaults_and_limits_of_settings_are_told() -> None:
    rows = {row.split("`")[1]: row.split(" | ")[1:3] for row in describe_settings().splitlines() if row.startswith("| `")}
    assert rows["lora_r"] == ["`16`", "whole number from 1"]
    assert rows["lora_dropout"] == ["`0.0`", "number from 0 below 1"]
    assert rows["leaks"] == ["`move`", "`move`, `refuse`, `off`"]
    assert rows["bf16"] == ["yes", "yes or no"]
    assert rows["max_steps"] == ["unset", "whole number from 1"]
    assert rows["summaries"] == ["unset", "one or more texts"]


def test_the_prompts_of_the_six_steps_are_shown_with_an_answer() -> None:
    shown = describe_steps()
    steps = [step for step in load_steps().working if (ROOT / "plugins" / step.name).is_dir()]
    assert re.findall(r"^### (\w+)$", shown, re.MULTILINE) == [step.name for step in steps]
    assert shown.count("Answer with one JSON object only") == len(steps)
    assert shown.count("\n````json\n{") == len(steps)


def test_a_page_that_asks_for_an_unknown_section_is_not_built() -> None:
    assert set(SECTIONS) == {"hooks", "settings", "steps"}
    with pytest.raises(KeyError, match="hokks"):
        fill_sections("# Hooks\n\n<!-- generated: hokks -->\n")


@pytest.mark.parametrize(
    ("page", "link", "target"),
    [
        ("README.md", "docs/data.md#repairs", "data.md#repairs"),
        ("README.md", "plugins/stac/README.md", "steps/stac.md"),
        ("docs/hooks.md", "../core/ft_core/hookspecs.py", "source/core/ft_core/hookspecs.py.txt"),
        ("docs/hooks.md", "../plugins/stac", "steps/stac.md"),
        ("plugins/stac/README.md", "../../README.md", "../index.md"),
        ("docs/hooks.md", "https://example.org/a.md", "https://example.org/a.md"),
        ("docs/hooks.md", "#a-whole-step", "#a-whole-step"),
        ("docs/hooks.md", "not-there.md", "not-there.md"),
    ],
)
def test_a_link_of_the_repository_becomes_one_of_the_site(page: str, link: str, target: str) -> None:
    assert rewrite_links(f"See [this]({link}).", page) == f"See [this]({target})."


def test_links_in_code_stay_as_they_are() -> None:
    block = "```text\n[a](../README.md)\n```\n"
    assert rewrite_links(block + "[a](../README.md)", "docs/data.md") == block + "[a](index.md)"
    assert list(find_links(block + "[a](../README.md)", "docs/data.md")) == ["README.md"]
    assert find_site_path("LICENSE") == "source/LICENSE.txt"


def test_the_picture_of_the_readme_is_what_the_command_prints() -> None:
    assert PICTURE.read_text(encoding="utf-8") == draw(COMMAND, run()), "make pictures draws it anew"
    assert f"]({PICTURE.relative_to(ROOT)})" in (ROOT / "README.md").read_text(encoding="utf-8")
