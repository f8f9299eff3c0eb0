"""Training examples: what a step is shown and what it should answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ft_core.prompt import Prompt

__all__ = [
    "Answer",
    "Example",
    "Inputs",
    "NotApplicable",
    "Output",
    "Skipped",
    "TrainingText",
    "dump_answer",
    "find_filled",
    "name_place",
]

Inputs: TypeAlias = Mapping[str, Any]
"""What a step is shown for one event, or for a tale as a whole: JSON values by name."""

Output: TypeAlias = Mapping[str, Any]
"""An answer of a step: a JSON object of its ``output_schema``."""


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)  # json.dumps would make one for every call


def dump_answer(output: Output) -> str:
    """Spell an answer as JSON, the one way that training teaches and constrained decoding allows.

    Raises:
        TypeError, ValueError: the answer is not made of JSON values.

    >>> dump_answer({"type": "给", "context": ""})
    '{"type": "给", "context": ""}'
    """
    return _ENCODER.encode(output)


def find_filled(inputs: Inputs) -> dict[str, bool]:
    """Say of each input, sorted by name, whether it holds something; a number or a truth value always does.

    >>> find_filled({"stac": {}, "segment": "Hm.", "place": 0})
    {'place': True, 'segment': True, 'stac': False}
    """
    return {name: not _is_blank(inputs[name]) for name in sorted(inputs)}


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


def name_place(story_id: str, event_id: str) -> str:
    """Name where an example comes from, for messages.

    >>> name_place("fox", "e1"), name_place("fox", "")
    ('fox, event e1', 'fox')
    """
    return f"{story_id}, event {event_id}" if event_id else story_id


@dataclass(frozen=True, slots=True)
class TrainingText:
    """A prompt and its completion as texts: all that the engine needs of an example.

    ``filled`` says of each input whether it holds something, and is empty where that is not known.
    """

    prompt: Prompt
    completion: str
    story_id: str
    event_id: str
    filled: Mapping[str, bool] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Example:
    """One question with its gold answer.

    ``prompt`` is filled in by core from the step's ``build_prompt``; a hook leaves it out. ``event_id`` is ``""`` where the
    question is of the tale as a whole.
    """

    inputs: Inputs
    output: Output
    story_id: str
    event_id: str
    prompt: Prompt | None = None

    def as_row(self) -> dict[str, str]:
        """Return the JSONL line as a dict with exactly ``instruction``, ``input`` and ``output``.

        Raises:
            ValueError: the example has no prompt yet (it comes straight out of a hook).
        """
        text = self.as_text()
        return {"instruction": text.prompt.instruction, "input": "", "output": text.completion}

    def as_text(self) -> TrainingText:
        """Return what the engine trains on: the prompt and the answer as the model must spell it.

        Raises:
            ValueError: the example has no prompt yet (it comes straight out of a hook).
        """
        if self.prompt is None:
            msg = f"The example of {name_place(self.story_id, self.event_id)} has no prompt; get it through Step.examples()."
            raise ValueError(msg)
        return TrainingText(self.prompt, dump_answer(self.output), self.story_id, self.event_id, find_filled(self.inputs))


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event, or a tale (``event_id`` is ``""``), without an example, and why; ``path`` is a JSON path into its file."""

    story_id: str
    event_id: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The answer of ``build_inputs`` where a step has nothing to ask; ``path`` says what in the event decides it."""

    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered next to what was expected.

    Attributes:
        inputs: those of the example, also where the model was asked with others, as in a pipeline that goes on from its own
            answers; a step settles by them which character a name of gold stands for.
        expected: the gold answer.
        predicted: the model's, None where it was not valid or not asked for.
        story_id, event_id: the tale and its event.
    """

    inputs: Inputs
    expected: Output
    predicted: Output | None
    story_id: str
    event_id: str
