"""Asking a step about tales whose earlier steps were answered by their adapters, with the annotators' answer as the gold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ft_core.corpus.training_data import StepData
from ft_core.corpus.training_tale import TrainingTale
from ft_core.engine.predicted.mixed_example import MixedExample
from ft_core.example import Example, NotApplicable, TrainingText
from ft_core.step import Step
from ft_core.story import Event

__all__ = ["NOTHING_TO_ASK", "NOT_VALID", "SAME", "TOO_LONG", "mix_examples"]

SAME = "the earlier steps answered as the annotators did"
NOTHING_TO_ASK = "with the answers of the earlier steps there is nothing to ask"
NOT_VALID = "with the answers of the earlier steps the annotated answer is not valid"
TOO_LONG = "with the answers of the earlier steps the row is too long"


def mix_examples(
    step: Step, data: StepData, tales: Sequence[TrainingTale], fits: Callable[[TrainingText], bool] = lambda _: True
) -> list[MixedExample]:
    """Say for each training example of some tales whether it can be asked with predicted inputs.

    Args:
        step: the step that is to be trained.
        data: its examples, with their inputs.
        tales: as earlier steps answered them: their fields hold predictions, all others the annotators' labels.
        fits: whether a row can be trained on. An adapter that finds ever more characters must not stop the step after it.

    Returns:
        One for each of the tales' training examples, in their order.

    Raises:
        HookError: a hook of the step fails.
    """
    events = {(tale.story.id, event.id): (tale, event) for tale in tales for event in tale.story.events}
    found = [(example, events.get((example.story_id, example.event_id))) for example in data.examples]
    mixed = [_mix(step, example, *place) for example, place in found if place is not None]
    texts = {(text.story_id, text.event_id): text for text in data.train}
    return [_keep_too_long(each, texts[each.story, each.event], fits) for each in mixed]


def _keep_too_long(mixed: MixedExample, text: TrainingText, fits: Callable[[TrainingText], bool]) -> MixedExample:
    if mixed.inputs is None or fits(replace(text, prompt=mixed.prompt)):
        return mixed
    return replace(mixed, reason=TOO_LONG, inputs=None, system="", user="")


def _mix(step: Step, example: Example, tale: TrainingTale, event: Event) -> MixedExample:
    kept = MixedExample(tale.story.source, event.path, example.story_id, example.event_id)
    hidden = event.id in tale.without_summary
    # Its events stay the same objects, so that the event is still one of the tale's own.
    story = replace(tale.story, summary="") if hidden else tale.story
    inputs = step.build_inputs(story, event)
    if isinstance(inputs, NotApplicable):
        return replace(kept, reason=NOTHING_TO_ASK, detail=inputs.reason)
    if inputs == example.inputs:
        return replace(kept, reason=SAME)
    problems = step.validate_output(example.output, inputs)
    if problems:
        return replace(kept, reason=NOT_VALID, detail="; ".join(map(str, problems)))
    prompt = step.build_prompt(inputs)
    return replace(kept, inputs=dict(inputs), system=prompt.system, user=prompt.user)
