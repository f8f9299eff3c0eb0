from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from ft_core import Story
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir
from ft_core.infer.pipeline.clearing import clear_step
from ft_core.infer.pipeline.result import KEPT, PipelineResult
from ft_core.infer.pipeline.run import run_pipeline
from ft_core.step import Step
from tests.infer.answering import HashAnswerer
from tests.infer.pipeline.plain_order import annotate_plainly
from tests.plugins.asking import STEPS, forget_labels, get_step, story_of

ALL = [get_step(name) for name in STEPS]


def read_samples() -> list[Story]:
    return read_tales([samples_dir()]).stories


@pytest.mark.parametrize("broken", [0.0, 0.3])
def test_batches_over_tales_give_what_one_question_after_another_gives(broken: float) -> None:
    plain = [forget_labels(story) for story in read_samples()]
    batched = deepcopy(plain)
    for story in plain:
        annotate_plainly(ALL, story, HashAnswerer(broken))
    run_pipeline(ALL, batched, HashAnswerer(broken))
    assert batched == plain
    assert any(event.event_type and event.action for story in batched for event in story.events)


@pytest.mark.corpus
def test_the_same_holds_for_the_corpus(corpus: Path) -> None:
    plain = [forget_labels(story) for story in read_tales([corpus]).stories if story.told_events()][:25]
    batched = deepcopy(plain)
    for story in plain:
        annotate_plainly(ALL, story, HashAnswerer(0.1))
    run_pipeline(ALL, batched, HashAnswerer(0.1))
    assert batched == plain


def test_only_steps_that_see_their_own_earlier_answers_are_asked_event_by_event() -> None:
    stories = [forget_labels(story) for story in read_samples()]
    answerer = HashAnswerer()
    run_pipeline(ALL, stories, answerer)
    rounds = {step: [count for name, count in answerer.batches if name == step] for step in STEPS}
    longest = max(len(story.told_events()) for story in stories)
    assert {step: len(sizes) for step, sizes in rounds.items()} == {
        "character": longest, "instrument": 1, "action": 1, "relationship": 1, "stac": 1, "event_type": longest,
    }  # fmt: skip
    assert rounds["event_type"][0] == len(stories)


def test_a_tale_alone_is_annotated_as_among_others() -> None:
    together = [forget_labels(story) for story in read_samples()]
    alone = deepcopy(together)
    run_pipeline(ALL, together, HashAnswerer(0.2))
    for story in alone:
        run_pipeline(ALL, [story], HashAnswerer(0.2))
    assert alone == together


class Hearing:
    """Notes what it hears: each step with what is counted, and how much of that came."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int, str]] = []
        self.results: list[list[PipelineResult]] = []
        self.answered: list[int] = []
        self.done = 0

    def note_step(self, step: str, total: int, unit: str) -> None:
        self.steps.append((step, total, unit))
        self.results.append([])
        self.answered.append(0)

    def note_answered(self, prompts: int) -> None:
        self.answered[-1] += prompts

    def note_result(self, result: PipelineResult) -> None:
        self.results[-1].append(result)

    def note_step_done(self) -> None:
        self.done += 1
        assert self.done == len(self.steps)


def test_a_listener_hears_of_each_step_and_each_result_once() -> None:
    stories, hearing = [forget_labels(story) for story in read_samples()], Hearing()
    results = run_pipeline(ALL, stories, HashAnswerer(0.2), listener=hearing)
    events = sum(len(story.events) for story in stories)
    assert hearing.steps == [(step, events, "events") for step in STEPS]
    for step, heard, answered in zip(STEPS, hearing.results, hearing.answered, strict=True):
        assert sorted(map(repr, heard)) == sorted(repr(each) for each in results if each.step == step)
        assert answered == sum(each.judgement is not None for each in heard)


def test_every_step_and_event_has_one_result() -> None:
    stories = [forget_labels(story) for story in read_samples()]
    results = run_pipeline(ALL, stories, HashAnswerer(0.2))
    expected = [(step, story.id, event.id) for step in STEPS for story in stories for event in story.events]
    assert [(each.step, each.story_id, each.event_id) for each in results] == expected
    assert all((each.judgement is None) == (each.inputs is None) == (each.skipped is not None) for each in results)


def test_labels_that_are_there_are_kept_and_not_asked_about() -> None:
    story = story_of({}, {})
    before = deepcopy(story)
    answerer = HashAnswerer()
    results = run_pipeline([get_step("character"), get_step("instrument"), get_step("event_type")], [story], answerer)
    assert (story, answerer.batches) == (before, [])
    assert {(each.skipped.reason, each.skipped.path) for each in results if each.skipped} == {
        (KEPT, ".agents"), (KEPT, ".instrument"), (KEPT, ".event_type"),
    }  # fmt: skip


def test_only_what_is_missing_is_filled() -> None:
    story = story_of({"event_type": "", "action_layer": {}}, {"agents": []})
    run_pipeline(ALL[:5], [story], HashAnswerer())
    assert story.events[0].description == "a helper lends a tool;the crane lends a comb"
    assert story.events[0].agents == ["Crane"]
    assert story.events[0].action
    assert story.events[1].targets == ["Fox"]
    assert [each.name for each in story.characters][:2] == ["Fox", "Crane"]
    run_pipeline([get_step("event_type")], [story], HashAnswerer())
    assert story.events[0].event_type
    assert story.events[0].description == "a helper lends a tool;the crane lends a comb"


def test_labels_are_replaced_where_that_is_asked_for() -> None:
    story, blank = story_of({}, {}), forget_labels(story_of({}, {}))
    blank.characters = deepcopy(story.characters)
    for each in (story, blank):
        run_pipeline(ALL, [each], HashAnswerer(), overwrite=True)
    assert [event.event_type for event in story.events] == [event.event_type for event in blank.events]
    assert [event.action for event in story.events] == [event.action for event in blank.events]
    assert [event.agents for event in story.events] == [event.agents for event in blank.events]


def test_an_answer_that_is_not_valid_leaves_the_field_empty_and_is_told_with_its_problems() -> None:
    for overwrite in (False, True):
        story = story_of({} if overwrite else {"event_type": ""})
        (result,) = run_pipeline([get_step("event_type")], [story], HashAnswerer(1.0), overwrite=overwrite)
        assert story.events[0].event_type == ""
        assert result.judgement
        assert result.judgement.problems
        assert result.judgement.output is None


def test_inputs_that_training_hardly_had_are_left_out_by_name() -> None:
    story, answerer = story_of({"event_type": ""}), HashAnswerer()
    run_pipeline([get_step("event_type")], [story], answerer, left_out={"event_type": {"summary"}})
    assert "A crane helps a fox." not in answerer.prompts[0][1].user


def test_the_whole_list_of_characters_can_be_shown_from_the_first_event_on() -> None:
    shown = {}
    for whole in (False, True):
        story, answerer = story_of({"agents": [], "targets": []}), HashAnswerer()
        run_pipeline([get_step("character")], [story], answerer, whole_cast=whole)
        shown[whole] = answerer.prompts[0][1].user
    assert "Reynard" not in shown[False]
    assert '[{"name": "Fox", "alias": "the red one;Reynard"}, {"name": "Crane", "alias": ""}]' in shown[True]


@pytest.mark.parametrize("step", ALL, ids=lambda step: step.name)
def test_a_step_can_be_cleared_out_of_a_tale(step: Step) -> None:
    story = story_of({"stac": {"situation": "s", "task": "", "action": "", "consequence": ""}})
    expected, blank = deepcopy(story), forget_labels(story)
    for field in step.info.writes:
        was, none = (expected, blank) if field == "characters" else (expected.events[0], blank.events[0])
        assert getattr(was, field) != getattr(none, field) or field == "object_type"
        setattr(was, field, getattr(none, field))
    clear_step(story, step)
    assert story == expected
