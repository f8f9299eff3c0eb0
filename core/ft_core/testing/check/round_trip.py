"""An answer that is written into a tale is read from it again, by the step itself and by those that build on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import fields
from typing import Any

from ft_core.example import Example, Inputs, NotApplicable, name_place
from ft_core.place import id_of
from ft_core.step import Step
from ft_core.story import Event, Story
from ft_core.testing.finding import Verdict
from ft_core.testing.specimen import Specimen

__all__ = ["check_round_trip"]

_TOLD = 3
_SHOWN = 200
"""Characters of a value that a message quotes; it may be a whole tale."""

_BLANK = Event("")


def check_round_trip(specimen: Specimen) -> Verdict:
    """Clear the step's labels where it has gold, write the gold answers back, and compare.

    Raises:
        HookError: a hook of a step fails.
    """
    problems = [problem for story in specimen.stories for problem in _Trip(specimen, story).find_problems()]
    more = [f"and {len(problems) - _TOLD} more places"] if len(problems) > _TOLD else []
    readers = ", ".join(step.name for step in specimen.later)
    whose = f", and asks the same questions of {readers}" if readers else ""
    told = f"gold that is cleared and written back gives the same examples{whose}"
    return Verdict(told, [*problems[:_TOLD], *more])


class _Trip:
    """One tale, there and back; ``examples`` are by the id of their event."""

    def __init__(self, specimen: Specimen, story: Story) -> None:
        self._step, self._later, self._story = specimen.step, specimen.later, story
        self._examples = {example.event_id: example for taken, example in specimen.examples if taken.story is story}

    def find_problems(self) -> Iterator[str]:
        copy = deepcopy(self._story)
        _clear(copy, self._step, self._examples)
        bare = deepcopy(copy)
        for event in self._step.places(copy):
            example = self._examples.get(id_of(event))
            if example:
                yield from self._ask(self._step, copy, event, example.inputs)
                self._step.apply_output(copy, event, example.output)
        yield from self._find_strays(bare, copy)
        yield from self._extract_again(copy)
        for step in self._later:
            for event, own in zip(step.places(copy), step.places(self._story), strict=True):
                if id_of(event) in self._examples or step.info.scope != self._step.info.scope:
                    yield from self._ask(step, copy, event, step.build_inputs(self._story, own))

    def _ask(self, step: Step, copy: Story, event: Event | None, wanted: Inputs | NotApplicable) -> Iterator[str]:
        inputs = step.build_inputs(copy, event)
        if inputs != wanted:
            place = name_place(copy.id, id_of(event))
            yield (
                f"{place}: the inputs of {step.name!r} are not those of the annotated tale once the gold answers of "
                f"{self._step.name!r} are written back ({_tell_difference(wanted, inputs)}). Let apply_output write all that "
                f"its answer says, as the annotators would"
            )

    def _extract_again(self, copy: Story) -> Iterator[str]:
        again = {item.event_id: item for item in self._step.examples(copy)}
        for event_id, example in self._examples.items():
            found = again[event_id]
            what = found.output if isinstance(found, Example) else found.reason
            if what != example.output:
                yield (
                    f"{name_place(copy.id, event_id)}: extract_examples gives {_show(what)} once the gold answer "
                    f"{_show(example.output)} is written back. Let apply_output write where extract_examples reads"
                )

    def _find_strays(self, bare: Story, copy: Story) -> Iterator[str]:
        written = {name for before, after in _pair(bare, copy) for name in _list_changes(before, after, self._step.name)}
        if bare.characters != copy.characters:
            written.add("characters")
        for name in sorted(written - set(self._step.info.writes)):
            named = self._step.info.writes
            yield f"apply_output changed {name!r} in {copy.id}, which writes={named!r} does not name. Add it, or leave it alone"


def _pair(bare: Story, copy: Story) -> Iterator[tuple[Story | Event, Story | Event]]:
    yield bare, copy
    yield from zip(bare.events, copy.events, strict=True)


def _list_changes(before: Story | Event, after: Story | Event, step: str) -> Iterator[str]:
    for field in fields(before):
        if field.name in {"characters", "events"} and isinstance(before, Story):
            continue
        if getattr(before, field.name) != getattr(after, field.name):
            others = [_leave_out(each.annotations, step) for each in (before, after)]
            yield "annotations of other steps" if field.name == "annotations" and others[0] != others[1] else field.name


def _leave_out(annotations: Mapping[str, Any], step: str) -> dict[str, Any]:
    return {name: value for name, value in annotations.items() if name != step}


def _clear(story: Story, step: Step, examples: Mapping[str, Example]) -> None:
    """Blank what the step writes, where it has gold to write back."""
    writes = set(step.info.writes) - {"characters", "annotations"}
    if "characters" in step.info.writes and all(event.id in examples for event in story.told_events()):
        story.characters = []
    for event in step.places(story):
        if event is None:
            story.annotations.pop(step.name, None)
        elif event.id in examples:
            event.annotations.pop(step.name, None)
            for name in writes:
                setattr(event, name, deepcopy(getattr(_BLANK, name)))


def _tell_difference(wanted: Inputs | NotApplicable, found: Inputs | NotApplicable) -> str:
    if isinstance(wanted, NotApplicable) or isinstance(found, NotApplicable):
        return f"{_show(wanted)} became {_show(found)}"
    keys = [key for key in {**wanted, **found} if wanted.get(key) != found.get(key)]
    return "; ".join(f"{key}: {_show(wanted.get(key))} became {_show(found.get(key))}" for key in keys)


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
