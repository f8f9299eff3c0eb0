"""``FT_CORE_TRACE=1`` tells each hook call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ft_core import Event, LoraSettings, Story, TextSpan
from ft_core.errors import HookFailedError
from ft_core.step import Step, load_steps
from tests.distributions import write_extension, write_step

AROUND = "@hookimpl(wrapper=True)\ndef build_prompt():\n    return (yield)\n"


@pytest.fixture
def moral(site: Path, monkeypatch: pytest.MonkeyPatch) -> Step:
    write_step(site, "moral", extra="@hookimpl\ndef apply_output():\n    1 / 0\n")
    write_step(site, "motif")
    for name in ("alpha", "beta"):
        write_extension(site, name, AROUND)
    monkeypatch.setenv("FT_CORE_TRACE", "1")
    return load_steps([str(site)]).get("moral")


def read_trace(capsys: pytest.CaptureFixture[str]) -> list[str]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [re.sub(r"\d+\.\d\d ms", "n ms", line) for line in captured.err.splitlines()]


def test_a_call_is_told_with_those_who_answer_in_their_order_and_with_the_answer(
    moral: Step, capsys: pytest.CaptureFixture[str]
) -> None:
    moral.build_prompt({"segment": "A boy set out."})
    moral.configure_lora(LoraSettings(r=3), [])
    assert read_trace(capsys) == [
        (
            "trace: moral build_prompt [acme-alpha 1.0 (around), acme-beta 1.0 (around), acme-moral 1.0] n ms -> "
            "Prompt(system='What does the segment teach? Answer as JSON.', user='A boy set out.')"
        ),
        "trace: moral configure_lora [ft-core] n ms -> LoraSettings(r=3, alpha=32, dropout=0.0, target_modules=None)",
    ]


def test_what_is_raised_and_what_comes_out_of_an_iterator_is_told(moral: Step, capsys: pytest.CaptureFixture[str]) -> None:
    story = Story("t1", events=[Event("e1", "$.narrative_events[0]", TextSpan(0, 3, "Hm."))])
    list(moral.examples(story))
    with pytest.raises(HookFailedError):
        moral.apply_output(story, story.events[0], {"moral": ""})
    lines = read_trace(capsys)
    assert "trace: moral apply_output [acme-moral 1.0] n ms raised ZeroDivisionError: division by zero" in lines
    (read,) = [line for line in lines if "was read to its end" in line]
    assert read.startswith("trace: moral extract_examples was read to its end: 1 items, first Skipped(story_id='t1', ")


def test_a_schema_that_a_step_answers_and_a_long_text_of_an_error_are_shortened(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_step(site, "moral", extra="@hookimpl\ndef build_prompt():\n    raise ValueError('x' * 5000)\n")
    monkeypatch.setenv("FT_CORE_TRACE", "1")
    with pytest.raises(HookFailedError):
        load_steps([str(site)]).get("moral").build_prompt({})
    described, raised = read_trace(capsys)
    assert "output_schema={'additionalProperties': False, 'properties': {'moral': {...}}, 'required': ['moral'], " in described
    assert len(raised) < 700


@pytest.mark.parametrize("value", ["", "0"])
def test_it_can_be_off(site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str) -> None:
    write_step(site, "moral")
    monkeypatch.setenv("FT_CORE_TRACE", value)
    load_steps([str(site)]).get("moral").build_prompt({"segment": ""})
    assert read_trace(capsys) == []
