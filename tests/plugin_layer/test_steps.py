"""The typed facade: what a working step answers, and what it refuses from its hooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_core import Answer, Character, Event, Example, LeftOut, LoraSettings, NotApplicable, Problem, Skipped, Story, TextSpan
from ft_core.errors import HookError, HookFailedError, HookResultError, HookReturnedNoneError, UnknownStepError
from ft_core.step import Step, Steps, load_steps
from tests.distributions import write_step


def make_story() -> Story:
    def event(number: int, text: str | None, **labels: object) -> Event:
        span = TextSpan(0, len(text), text) if text is not None else None
        return Event(f"e{number}", f"$.narrative_events[{number}]", span, number, **labels)  # type: ignore[arg-type]

    return Story(
        "t1",
        characters=[Character("Ali", ("the boy",)), Character("Wolf")],
        source="t1.json",
        events=[
            event(0, "A boy set out.", agents=["Ali"], annotations={"moral": {"moral": "Go."}}),
            event(1, None),
            event(2, "A wolf came.", agents=["Wolf"]),
        ],
    )


def moral(site: Path, extra: str = "") -> Step:
    write_step(site, "moral", extra=extra)
    return load_steps([str(site)]).get("moral")


def test_every_event_gives_an_example_with_its_prompt_or_a_reason(site: Path) -> None:
    items = list(moral(site).examples(make_story()))
    assert isinstance(items[0], Example)
    assert items[0].as_row() == {
        "instruction": "What does the segment teach? Answer as JSON.\n\nA boy set out.",
        "input": "",
        "output": '{"moral": "Go."}',
    }
    assert items[1:] == [
        Skipped("t1", "e1", "$.narrative_events[1].text_span", "the event has no text"),
        Skipped("t1", "e2", "$.narrative_events[2].annotations.moral", "no moral is annotated"),
    ]


def test_an_event_that_the_step_says_nothing_of_is_skipped_with_that_reason(site: Path) -> None:
    step = moral(site, "@hookimpl\ndef extract_examples(story):\n    return iter(())\n")
    assert [item.reason for item in step.examples(make_story()) if isinstance(item, Skipped)] == [
        "the step said nothing of this event"
    ] * 3


def test_a_gold_answer_that_is_not_valid_gives_no_example(site: Path) -> None:
    story = make_story()
    story.events[0].annotations["moral"] = {"moral": 3}
    first = next(moral(site).examples(story))
    assert first == Skipped(
        "t1", "e0", "$.narrative_events[0]", "the annotated answer is not valid: $.moral: 3 is not of type 'string'"
    )


def test_an_example_without_a_prompt_cannot_become_a_row() -> None:
    with pytest.raises(ValueError, match=r"The example of t1, event e1 has no prompt; get it through Step\.examples\(\)"):
        Example({}, {}, "t1", "e1").as_row()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("yield Example({'segment': 'made up'}, {'moral': ''}, story.id, 'e0')", "whose inputs are not those of build_inputs"),
        ("yield Skipped(story.id, 'e9', '$', 'r')", "speaks of an event twice, or of one that the tale does not have"),
        ("yield from [Skipped(story.id, 'e0', '$', 'r')] * 2", "speaks of an event twice"),
        ("yield Skipped('another', 'e0', '$', 'r')", "speaks of another tale, 'another'"),
        (
            "inputs = inputs_of(story.events[0]); inputs['segment'] = 'gold'; yield Example(inputs, {'moral': ''}, story.id, 'e0')",
            "whose inputs are not those of build_inputs",
        ),
        (
            "inputs = inputs_of(story.events[0]); inputs['names'] = {1}; yield Example(inputs, {'moral': ''}, story.id, 'e0')",
            "whose inputs are not those of build_inputs",
        ),
        ("yield 'e0'", "answered a str; it must return Example or Skipped in its iterator"),
    ],
)
def test_extraction_that_cannot_be_trusted_is_refused(site: Path, body: str, message: str) -> None:
    step = moral(site, f"@hookimpl\ndef extract_examples(story, inputs_of):\n    {body}\n")
    with pytest.raises(HookResultError, match=message) as caught:
        list(step.examples(make_story()))
    assert "hook 'extract_examples' of acme-moral 1.0" in str(caught.value)


def test_a_generator_that_fails_half_way_names_step_hook_and_distribution(site: Path) -> None:
    step = moral(site, "@hookimpl\ndef extract_examples(story):\n    yield Skipped(story.id, 'e0', '$', 'r')\n    1 / 0\n")
    with pytest.raises(HookFailedError) as caught:
        list(step.examples(make_story()))
    assert str(caught.value) == (
        "Step 'moral': hook 'extract_examples' of acme-moral 1.0 raised ZeroDivisionError: division by zero "
        "(acme_moral, line 53). "
        "This is a fault of the step; report it to its authors or uninstall acme-moral."
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("assert inputs is None", "raised AssertionError (acme_moral, line 52). This"),
        (
            "raise type('Odd', (Exception,), {'__str__': None})",
            "raised Odd: its text cannot be read, for that raised TypeError (",
        ),
        ("raise ValueError('x' * 900)", f"raised ValueError: {'x' * 500}… (acme_moral, line 52). This"),
    ],
)
def test_what_a_hook_raises_is_told_with_its_line_and_in_few_words(site: Path, body: str, told: str) -> None:
    step = moral(site, f"@hookimpl\ndef build_prompt(inputs):\n    {body}\n")
    with pytest.raises(HookFailedError) as caught:
        step.build_prompt({"segment": ""})
    assert told in str(caught.value)


@pytest.mark.parametrize("hook", ["build_inputs", "extract_examples"])
def test_a_hook_that_answers_none_is_an_error(site: Path, hook: str) -> None:
    step = moral(site, f"@hookimpl\ndef {hook}(step):\n    return None\n")
    with pytest.raises(HookReturnedNoneError, match=f"Step 'moral': hook '{hook}' of acme-moral 1.0 answered None"):
        list(step.examples(make_story()))


@pytest.mark.parametrize("hook", ["build_prompt", "validate_output", "apply_output"])
def test_a_hook_that_answers_none_is_an_error_also_at_inference(site: Path, hook: str) -> None:
    step, story = moral(site, f"@hookimpl\ndef {hook}(step):\n    return None\n"), make_story()
    calls = {
        "build_prompt": lambda: step.build_prompt({}),
        "validate_output": lambda: step.validate_output({"moral": ""}, {}),
        "apply_output": lambda: step.apply_output(story, story.events[0], {"moral": ""}),
    }
    with pytest.raises(HookReturnedNoneError, match=f"hook '{hook}' of acme-moral 1.0 answered None"):
        calls[hook]()


@pytest.mark.parametrize(
    ("hook", "result", "message"),
    [
        ("build_inputs", "'text'", "answered a str; it must return a dict or NotApplicable"),
        ("build_inputs", "{'names': {'a', 'b'}}", r"answered a dict; it must return JSON values only \(Object of type set"),
        ("build_prompt", "'text'", "answered a str; it must return a Prompt"),
        ("build_prompt", "Prompt('a', None)", "raised TypeError: the user part of a Prompt must be a string, not None"),
        ("validate_output", "'text'", "answered a str; it must return a list of Problem"),
        ("validate_output", "['text']", "answered a list; it must return a list of Problem"),
        ("configure_lora", "8", "answered a int; it must return a LoraSettings"),
    ],
)
def test_a_hook_that_answers_another_type_is_an_error(site: Path, hook: str, result: str, message: str) -> None:
    step, story = moral(site, f"@hookimpl\ndef {hook}(step):\n    return {result}\n"), make_story()
    calls = {
        "build_inputs": lambda: step.build_inputs(story, story.events[0]),
        "build_prompt": lambda: step.build_prompt({}),
        "validate_output": lambda: step.validate_output({"moral": ""}, {}),
        "configure_lora": lambda: step.configure_lora(LoraSettings(), []),
    }
    with pytest.raises(HookError, match=message):
        calls[hook]()


def test_an_example_made_where_there_is_nothing_to_ask_is_skipped_with_that_reason(site: Path) -> None:
    extra = """
    @hookimpl
    def extract_examples(story, inputs_of):
        for event in story.events:
            yield Example(inputs_of(event), {"moral": ""}, story.id, event.id)
    """
    items = list(moral(site, extra).examples(make_story()))
    assert items[1] == Skipped("t1", "e1", "$.narrative_events[1].text_span", "the event has no text")


def test_a_gold_answer_that_is_not_json_is_refused(site: Path) -> None:
    story = make_story()
    story.events[0].annotations["moral"] = {"moral": float("nan")}
    with pytest.raises(HookResultError, match="hook 'extract_examples' of acme-moral 1.0 answered a dict; it must return JSON"):
        list(moral(site).examples(story))


def test_a_step_that_changes_its_view_changes_nothing_else(site: Path) -> None:
    extra = """
    @hookimpl
    def build_inputs(story, event):
        story.characters.clear()
        for each in story.events:
            each.agents.append("intruder")
            each.event_type = "LACK"
            each.annotations.clear()
        return {"segment": event.text}
    """
    story = make_story()
    list(moral(site, extra).examples(story))
    assert story == make_story()


def test_a_step_sees_the_annotations_of_the_steps_it_uses_and_never_its_own_gold(site: Path) -> None:
    extra = "@hookimpl\ndef build_inputs(event):\n    return {'segment': event.text, 'seen': event.annotations}\n"
    write_step(site, "moral", uses=("motif",), extra=extra)
    write_step(site, "motif")
    story = make_story()
    story.events[0].annotations["motif"] = {"moral": "B11"}
    inputs = load_steps([str(site)]).get("moral").build_inputs(story, story.events[0])
    assert inputs == {"segment": "A boy set out.", "seen": {"motif": {"moral": "B11"}}}


def test_what_a_step_prints_does_not_get_into_standard_output(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    step = moral(
        site, "print('imported')\n@hookimpl\ndef build_prompt(inputs):\n    print('asked')\n    return Prompt('', '')\n"
    )
    step.build_prompt({})
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "imported\nasked\n")


def test_an_answer_is_checked_by_its_schema_before_the_step_sees_it(site: Path) -> None:
    extra = """
    from ft_core import Problem
    @hookimpl
    def validate_output(output):
        return [Problem("$.moral", output["moral"])]
    """
    step = moral(site, extra)
    assert step.validate_output({"moral": "blank"}, {}) == [Problem("$.moral", "blank")]
    assert step.validate_output({"morals": ""}, {}) == [
        Problem("$", "'moral' is a required property"),
        Problem("$", "Additional properties are not allowed ('morals' was unexpected)"),
    ]
    assert step.validate_output(["blank"], {}) == [Problem("$", "['blank'] is not of type 'object'")]


def test_core_answers_the_hooks_that_a_step_leaves_out(site: Path) -> None:
    step = moral(site)
    assert step.configure_lora(LoraSettings(r=3), []) == LoraSettings(r=3)
    answers = [
        Answer({}, {"moral": "Go.", "tag": ""}, {"moral": "Go.", "tag": "x"}, "t1", "e0"),
        Answer({}, {"moral": "Stay.", "tag": "y"}, None, "t1", "e2"),
    ]
    sheet = step.score_outputs(answers)
    assert sheet.metrics() == {"exact_match": 0.5, "moral_accuracy": 0.5, "tag_accuracy": 0.0}
    assert sheet.cases() == {"exact_match": 2, "moral_accuracy": 2, "tag_accuracy": 1}
    assert sheet.left_out == [LeftOut(0, "$.tag", "the gold value is blank", ("exact_match", "tag_accuracy"))]


def test_an_answer_without_a_valid_prediction_is_wrong_even_where_gold_is_null(site: Path) -> None:
    assert moral(site).score_outputs([Answer({}, {"moral": None}, None, "t1", "e0")]).metrics() == {
        "exact_match": 0.0,
        "moral_accuracy": 0.0,
    }


def test_an_answer_whose_gold_is_all_blank_is_neither_right_nor_wrong(site: Path) -> None:
    sheet = moral(site).score_outputs([Answer({}, {"moral": "", "tags": []}, {"moral": "Go.", "tags": []}, "t1", "e0")])
    assert sheet.metrics() == {}
    assert sheet.cases() == {"exact_match": 0, "moral_accuracy": 0, "tags_accuracy": 0}
    assert [each.path for each in sheet.left_out] == ["$.moral", "$.tags"]


def test_gold_scored_as_its_own_prediction_gets_exactly_one(site: Path) -> None:
    gold = [Answer({}, {"moral": "Go."}, {"moral": "Go."}, "t1", "e0")]
    assert moral(site).score_outputs(gold).metrics() == {"exact_match": 1.0, "moral_accuracy": 1.0}


def test_an_applied_answer_is_in_the_tale(site: Path) -> None:
    story = make_story()
    moral(site).apply_output(story, story.events[2], {"moral": "Beware."})
    assert story.events[2].annotations == {"moral": {"moral": "Beware."}}


def test_a_hook_of_one_step_never_answers_for_another(site: Path) -> None:
    write_step(site, "moral")
    write_step(site, "motif", extra="@hookimpl\ndef build_prompt(inputs):\n    return Prompt('motif', '')\n")
    steps = load_steps([str(site)])
    assert steps.get("moral").build_prompt({"segment": "x"}).user == "x"
    assert steps.get("motif").build_prompt({"segment": "x"}).system == "motif"


def test_an_event_without_text_is_never_asked_about(site: Path) -> None:
    story = make_story()
    assert moral(site).build_inputs(story, story.events[1]) == NotApplicable("the event has no text", ".text_span")


class TestOrder:
    def order(self, site: Path) -> list[str]:
        return [step.name for step in load_steps([str(site)]).working]

    def test_steps_run_after_what_they_require_and_use_and_else_by_name(self, site: Path) -> None:
        write_step(site, "action", requires=("character",), uses=("instrument",))
        write_step(site, "instrument", requires=("character",))
        write_step(site, "character")
        write_step(site, "stac")
        write_step(site, "event_type", uses=("stac",))
        assert self.order(site) == ["character", "instrument", "action", "stac", "event_type"]


class TestChoosing:
    @pytest.fixture
    def steps(self, site: Path) -> Steps:
        for name in ("action", "character", "stac"):
            write_step(site, name)
        return load_steps([str(site)])

    def test_an_unknown_step_is_told_with_the_nearest_one(self, steps: Steps) -> None:
        with pytest.raises(UnknownStepError) as caught:
            steps.get("stak")
        assert str(caught.value) == ("No step 'stak' is installed. Did you mean 'stac'? Installed: action, character, stac.")

    def test_named_steps_come_once_and_in_running_order(self, steps: Steps) -> None:
        assert [step.name for step in steps.select(["stac", "action", "stac"])] == ["action", "stac"]

    def test_all_steps_are_meant_where_none_is_named(self, steps: Steps) -> None:
        assert [step.name for step in steps.select([])] == ["action", "character", "stac"]
