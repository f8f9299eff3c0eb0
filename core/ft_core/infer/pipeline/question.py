"""The questions of one step about one tale, as they can be asked: as many at once as the order allows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from ft_core.example import Inputs, NotApplicable, Output
from ft_core.infer.judgement import Judgement
from ft_core.infer.pipeline.clearing import clear_event
from ft_core.infer.pipeline.kept_label import KeptLabels
from ft_core.infer.pipeline.left_out_input import blank_inputs
from ft_core.infer.pipeline.result import KEPT, PipelineResult
from ft_core.infer.pipeline.watching import WatchingViewer
from ft_core.infer.pipeline.written_field import find_key, is_answered
from ft_core.step import Step
from ft_core.story import Event, Story

__all__ = ["Question", "Questions"]


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask about an event, or about a tale where the event is None."""

    story: Story
    event: Event | None
    inputs: Inputs


@dataclass(slots=True)
class Questions:
    """What a step still has to ask about a tale.

    Attributes:
        step: the step.
        story: the tale, which is changed as answers come.
        overwrite: whether labels that are there are asked about too, and replaced.
        whole_cast: whether a step that finds characters is shown all that are listed from the first event on.
        left_out: names of inputs that are shown empty.
    """

    step: Step
    story: Story
    overwrite: bool = False
    whole_cast: bool = False
    left_out: Collection[str] = ()
    _waiting: list[Event | None] = field(default_factory=list)

    def open(self) -> Iterator[PipelineResult]:
        """Line up the events that the step has not answered, and yield a result for each of the others."""
        owners: list[Event | None] = [None] if self.step.info.scope == "story" else [*self.story.events]
        for owner in owners:
            if self.overwrite or not is_answered(self.step, owner or self.story):
                self._waiting.append(owner)
            else:
                yield self._skip(owner, NotApplicable(KEPT, find_key(self.step)))

    def __bool__(self) -> bool:
        """Whether anything is still to be asked."""
        return bool(self._waiting)

    def list_ready(self) -> list[Question | PipelineResult]:
        """Take out the next questions whose inputs no answer to come can change, or results where nothing is to be asked.

        Raises:
            HookError: the step's ``build_inputs`` fails.
        """
        ready = [self._make(event, inputs) for event, inputs in self._find_ready()]
        del self._waiting[: len(ready)]
        return ready

    def close(self, question: Question, judgement: Judgement) -> PipelineResult:
        """Write a valid answer into the tale; an answer that is not leaves its fields empty.

        Raises:
            HookError: the step's ``apply_output`` fails.
        """
        event = question.event
        if self.overwrite and event is not None:
            clear_event(event, self.step)
        if judgement.output is not None:
            self._apply(event, judgement.output)
        return PipelineResult(self.step.name, self.story.id, _name(event), question.inputs, judgement)

    def _apply(self, event: Any, output: Output) -> None:
        kept = None if self.overwrite else KeptLabels(self.step, self.story, event)
        self.step.apply_output(self.story, event, output)
        if kept is not None:
            kept.put_back(self.story, event)

    def _find_ready(self) -> Iterator[tuple[Event | None, Inputs | NotApplicable]]:
        if self.step.info.scope == "story":
            asked: Any = None
            yield None, self.step.build_inputs(self.story, asked)
            return
        waiting = [event for event in self._waiting if event is not None]
        viewer = self.step.make_viewer(self.story, whole_cast=self.whole_cast and "characters" in self.step.info.writes)
        watching = WatchingViewer(viewer, self.step, {event.id for event in waiting})
        for event in waiting:
            self.step.build_inputs_in(watching, event)
            if watching.was_read:  # of an earlier event that waits: the first one never gets here
                return
            yield event, self.step.build_inputs_in(viewer, event)

    def _make(self, event: Event | None, inputs: Inputs | NotApplicable) -> Question | PipelineResult:
        if not isinstance(inputs, NotApplicable):
            return Question(self.story, event, blank_inputs(inputs, self.left_out))
        if self.overwrite and event is not None and event.text.strip():
            clear_event(event, self.step)  # a label that the step would not ask for any more
        return self._skip(event, inputs)

    def _skip(self, event: Event | None, reason: NotApplicable) -> PipelineResult:
        return PipelineResult(self.step.name, self.story.id, _name(event), skipped=reason)


def _name(event: Event | None) -> str:
    return event.id if event is not None else ""
