"""Steps that are asked once per tale: what they see, what they give, when they run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_core import Character, Event, Example, NotApplicable, Skipped, Stac, Story, TextSpan
from ft_core.errors import HookResultError, InvalidStepInfoError
from ft_core.step import Step, load_steps
from tests.distributions import write_step, write_story_step


def make_story(**changes: object) -> Story:
    events = [
        Event("e0", "$[0]", TextSpan(0, 5, "A boy"), agents=["Ali"], stac=Stac("s"), event_type="LACK"),
        Event("e1", "$[1]", annotations={"motif": {"moral": "B11"}, "moral": {"moral": "gold"}}),
    ]
    given = {
        "text": "A boy set out.",
        "summary": "Short.",
        "characters": [Character("Wolf"), Character("Ali")],
        "events": events,
        "annotations": {"moral": {"moral": "Go."}, "tale_type": {"moral": "ATU 1"}},
    }
    return Story("t1", source="t1.json", **(given | changes))  # type: ignore[arg-type]


def moral(site: Path, **options: object) -> Step:
    write_story_step(site, "moral", **options)  # type: ignore[arg-type]
    return load_steps([str(site)]).get("moral")


def test_a_tale_gives_one_example_with_its_prompt(site: Path) -> None:
    step = moral(site)
    (item,) = step.examples(make_story())
    assert isinstance(item, Example)
    assert (item.story_id, item.event_id, item.inputs) == ("t1", "", {"text": "A boy set out.", "summary": "Short."})
    assert item.as_row() == {
        "instruction": "What does the tale teach? Answer as JSON.\n\nA boy set out.",
        "input": "",
        "output": '{"moral": "Go."}',
    }
    assert step.places(make_story()) == [None]


def test_a_step_of_events_is_asked_about_each_event(site: Path) -> None:
    write_step(site, "moral")
    story = make_story()
    assert load_steps([str(site)]).get("moral").places(story) == story.events


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"annotations": {}}, "$.annotations.moral", "no moral is annotated"),
        ({"text": " ", "events": [Event("e1", "$[0]")]}, "$", "the tale has no text"),
        (
            {"annotations": {"moral": {"moral": 1}}},
            "$",
            "the annotated answer is not valid: $.moral: 1 is not of type 'string'",
        ),
    ],
)
def test_a_tale_without_an_example_has_one_reason(site: Path, changes: dict[str, object], path: str, reason: str) -> None:
    assert list(moral(site).examples(make_story(**changes))) == [Skipped("t1", "", path, reason)]


def test_a_tale_that_the_step_says_nothing_of_is_skipped_with_that_reason(site: Path) -> None:
    step = moral(site, extra="@hookimpl\ndef extract_examples(story):\n    return iter(())\n")
    assert list(step.examples(make_story())) == [Skipped("t1", "", "$", "the step said nothing of this tale")]


def test_a_tale_told_in_its_segments_only_is_asked_about(site: Path) -> None:
    assert not isinstance(moral(site).build_inputs(make_story(text="")), NotApplicable)


@pytest.mark.parametrize(
    "body",
    ["yield Skipped(story.id, 'e0', '$', 'r')", "yield from [Skipped(story.id, '', '$', 'r')] * 2"],
)
def test_a_second_item_or_one_of_an_event_is_refused(site: Path, body: str) -> None:
    step = moral(site, extra=f"@hookimpl\ndef extract_examples(story):\n    {body}\n")
    with pytest.raises(HookResultError, match="speaks of the tale twice, or of an event, where a step of scope 'story'"):
        list(step.examples(make_story()))


SEEN = """
@hookimpl
def build_inputs(story, event):
    return {
        "event": event,
        "characters": [each.name for each in story.characters],
        "tale": story.annotations,
        "events": [[each.text, each.agents, each.event_type, each.annotations] for each in story.events],
    }
"""


def test_without_other_steps_only_texts_are_seen(site: Path) -> None:
    inputs = moral(site, extra=SEEN).build_inputs(make_story())
    assert inputs == {"event": None, "characters": [], "tale": {}, "events": [["A boy", [], "", {}], ["", [], "", {}]]}


def test_what_required_and_used_steps_write_is_seen_of_every_event_and_of_the_tale(site: Path) -> None:
    writes_names = "@hookimpl\ndef describe_step():\n    return StepInfo('C', 'C.', SCHEMA, writes=('agents', 'targets'))\n"
    write_step(site, "character", extra=writes_names)
    write_step(site, "motif")
    write_story_step(site, "tale_type")
    inputs = moral(site, extra=SEEN, requires=("character",), uses=("motif", "tale_type")).build_inputs(make_story())
    assert inputs == {
        "event": None,
        "characters": ["Ali"],
        "tale": {"tale_type": {"moral": "ATU 1"}},
        "events": [["A boy", ["Ali"], "", {}], ["", [], "", {"motif": {"moral": "B11"}}]],
    }


def test_a_tale_whose_summary_is_hidden_is_asked_about_without_it(site: Path) -> None:
    step = moral(site)
    (item,) = step.examples(make_story(), {""})
    assert isinstance(item, Example)
    assert item.inputs["summary"] == ""
    (item,) = step.examples(make_story(), {"e0", "e1"})
    assert isinstance(item, Example)
    assert item.inputs["summary"] == "Short."


def test_an_answer_is_written_under_the_tale(site: Path) -> None:
    story = make_story(annotations={})
    moral(site).apply_output(story, None, {"moral": "Beware."})
    assert story.annotations == {"moral": {"moral": "Beware."}}


def test_steps_of_whole_tales_run_after_those_of_events(site: Path) -> None:
    write_story_step(site, "aarne", uses=("zeal",))
    write_story_step(site, "abacus")
    write_step(site, "stac")
    write_step(site, "zeal", requires=("stac",))
    assert [step.name for step in load_steps([str(site)]).working] == ["stac", "zeal", "aarne", "abacus"]


@pytest.mark.parametrize("how", ["requires", "uses"])
def test_a_step_of_events_cannot_wait_for_one_of_whole_tales(site: Path, how: str) -> None:
    write_story_step(site, "moral")
    write_step(site, "action", **{how: ("moral",)})
    steps = load_steps([str(site)])
    assert [step.name for step in steps.working] == ["moral"]
    with pytest.raises(InvalidStepInfoError) as caught:
        steps.get("action")
    assert str(caught.value) == (
        "Step 'action' of acme-action 1.0 is asked of each event and requires or uses step 'moral', which is asked of the tale "
        "as a whole when all its events are done. Give 'action' the scope 'story', or drop 'moral' there."
    )


def test_a_step_is_asked_about_its_own_places_only(site: Path) -> None:
    write_step(site, "stac")
    write_story_step(site, "moral")
    steps, story = load_steps([str(site)]), make_story()
    with pytest.raises(ValueError, match=r"Step 'moral' is asked once per story; ask it about what Step\.places\(\) gives\."):
        steps.get("moral").build_inputs(story, story.events[0])
    with pytest.raises(ValueError, match="Step 'stac' is asked once per event"):
        steps.get("stac").build_inputs(story)
    with pytest.raises(ValueError, match="Step 'stac' is asked once per event"):
        steps.get("stac").apply_output(story, None, {"moral": ""})
