"""The hooks that a step implements, those that core answers by default, and those that only tell of training.

A step's module marks its functions with :data:`hookimpl`; it may leave out arguments that it does not need. Every hook gets
``step``, the step's name. See ``docs/hooks.md`` for the order in which they are called. An extension's module has hooks over
all steps: see ``docs/extensions.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pluggy

from ft_core.answer_repair import Repaired
from ft_core.example import Answer, Example, Inputs, NotApplicable, Output, Skipped
from ft_core.lora import LoraSettings
from ft_core.problem import Problem
from ft_core.prompt import Prompt
from ft_core.scores import ScoreSheet
from ft_core.step_info import StepInfo

if TYPE_CHECKING:
    from ft_core.story import Event, Story

__all__ = ["DEFAULTED_HOOKS", "LISTENING_HOOKS", "OPTIONAL_HOOKS", "PROJECT", "InputsOf", "hookimpl", "hookspec"]

PROJECT = "ft_core"

hookspec = pluggy.HookspecMarker(PROJECT)

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a step's module as the implementation of the hook of the same name."""


class InputsOf(Protocol):
    """Gives the inputs of an event, or without one of the tale as a whole, through ``build_inputs`` with all its wrappers."""

    def __call__(self, event: Event | None = None) -> Inputs | NotApplicable:
        """Return the inputs; ``event`` is one of the tale's own, and left out by a step of scope ``story``."""


DEFAULTED_HOOKS = frozenset({"narrow_schema", "repair_output", "configure_lora", "score_outputs"})
"""The hooks that core answers where a step does not."""

LISTENING_HOOKS = frozenset({"on_step_selected", "on_step_started", "on_step_finished"})
"""The hooks that only tell: nobody need listen, and nothing is answered."""

OPTIONAL_HOOKS = DEFAULTED_HOOKS | LISTENING_HOOKS
"""The hooks that a step may leave out; all others are required."""


@hookspec(firstresult=True)
def describe_step(step: str) -> StepInfo | None:
    """Say what the step is, what it needs and what it writes.

    Called once, when the installed steps are read; before any other hook of the step.

    Args:
        step: the step's name, as its entry point has it.

    Returns:
        The step's :class:`StepInfo`. None is an error.

    Example:
        >>> @hookimpl
        ... def describe_step(step):
        ...     schema = {"type": "object", "properties": {"moral": {"type": "string"}}, "required": ["moral"]}
        ...     return StepInfo("Moral", "What the event teaches.", schema, writes=("annotations",))
        >>> describe_step("moral").title
        'Moral'
    """


@hookspec(firstresult=True)
def build_inputs(step: str, story: Story, event: Event | None) -> Inputs | NotApplicable | None:
    """Gather what the step is shown for one event, or for the tale as a whole.

    Called for every event that has a segment, in preparing examples and at inference. ``story`` and ``event`` are a view:
    earlier events as they stand, of this event only what the steps in ``requires`` and ``uses`` write, later events as text
    only, and only the characters named so far, in order of appearance. For a step of scope ``story`` called once per tale:
    every event with what those steps write, and nothing else.

    Args:
        step: the step's name.
        story: the view of the tale.
        event: the view of the event; one of ``story.events``. None for a step of scope ``story``.

    Returns:
        JSON values by name, or :class:`NotApplicable` where the step has nothing to ask. None is an error.

    Example:
        >>> from ft_core import Event, Story, TextSpan
        >>> @hookimpl
        ... def build_inputs(event):
        ...     return {"segment": event.text} if event.agents else NotApplicable("no one acts", ".agents")
        >>> build_inputs(Event("e1", span=TextSpan(0, 9, "It rained.")))
        NotApplicable(reason='no one acts', path='.agents')
    """


@hookspec(firstresult=True)
def extract_examples(step: str, story: Story, inputs_of: InputsOf) -> Iterator[Example | Skipped] | None:
    """Yield an example, or the reason why there is none, for every event of an annotated tale, or for the tale as a whole.

    Called once per tale and step when training data is made. Most steps return
    ``ft_core.examples_by_event(story, inputs_of, gold)``, those of scope ``story`` ``ft_core.examples_by_story(…)``; the
    ``event_id`` of what is of a tale as a whole is ``""``.

    Args:
        step: the step's name.
        story: the annotated tale, with all its labels.
        inputs_of: gives an event's inputs, and ``inputs_of()`` the tale's; core refuses an example whose inputs differ from
            these.

    Returns:
        An iterator over :class:`Example` and :class:`Skipped`. None is an error.

    Example:
        >>> from ft_core import Event, Story, TextSpan
        >>> @hookimpl
        ... def extract_examples(story, inputs_of):
        ...     for event in story.events:
        ...         if event.instrument:
        ...             yield Example(inputs_of(event), {"instrument": event.instrument}, story.id, event.id)
        ...         else:
        ...             yield Skipped(story.id, event.id, f"{event.path}.instrument", "no instrument is annotated")
        >>> tale = Story("t1", events=[Event("e1", "$.narrative_events[0]", TextSpan(0, 3, "Hm."))])
        >>> [item.reason for item in extract_examples(tale, lambda event: {"segment": event.text})]
        ['no instrument is annotated']
    """


@hookspec(firstresult=True)
def build_prompt(step: str, inputs: Inputs) -> Prompt | None:
    r"""Write the prompt for some inputs.

    Called for every example and for every question at inference: the only place where a prompt is made. It must be pure, and
    what is the same for all inputs should come first.

    Args:
        step: the step's name.
        inputs: what ``build_inputs`` gave.

    Returns:
        The :class:`Prompt`. None is an error.

    Example:
        >>> @hookimpl
        ... def build_prompt(inputs):
        ...     return Prompt("Name the instrument as JSON.", f"Segment:\n{inputs['segment']}")
        >>> build_prompt({"segment": "He blew the horn."}).user
        'Segment:\nHe blew the horn.'
    """


@hookspec
def validate_output(step: str, output: Output, inputs: Inputs) -> list[Problem]:  # type: ignore[empty-body]
    """Say what is wrong with an answer that its JSON Schema does not see.

    Called for gold answers and for a model's, after core has checked the schema; an answer that fails the schema does not get
    here, and a model's has been through :func:`repair_output`. The answers of all implementations are joined: those of the
    step and those of extensions.

    Args:
        step: the step's name.
        output: the answer, valid by ``output_schema``.
        inputs: what the step was shown.

    Returns:
        The problems; an empty list where the answer is valid. None is an error.

    Example:
        >>> @hookimpl
        ... def validate_output(output, inputs):
        ...     blank = [i for i, name in enumerate(output["doers"]) if not name.strip()]
        ...     return [Problem(f"$.doers[{i}]", "a name is blank") for i in blank]
        >>> validate_output({"doers": ["fox", " "]}, {})
        [Problem(path='$.doers[1]', message='a name is blank')]
    """


@hookspec(firstresult=True)
def narrow_schema(step: str, schema: dict[str, Any], inputs: Inputs) -> dict[str, Any] | None:
    """Say which answers the question about some inputs can have, where that is less than ``output_schema`` allows.

    Called for every question that is asked with constrained decoding, and for those of an adapter's contract. Nothing of it is
    in the prompt, and what an answer is worth is not judged by it. It is held against ``output_schema`` by its form: each node
    says all that the same node there says, the same or more narrowly, with the keys of objects in their order; an ``enum`` may
    stand where all its values are allowed, and further keywords may be added.

    Args:
        step: the step's name.
        schema: a copy of ``output_schema``, which may be changed and returned.
        inputs: what the step was shown.

    Returns:
        The JSON Schema of this answer. None, or no such hook, narrows nothing.

    Example:
        >>> @hookimpl
        ... def narrow_schema(schema, inputs):
        ...     if not inputs["doers"]:
        ...         return None
        ...     schema["properties"]["winner"] = {"enum": inputs["doers"]}
        ...     return schema
        >>> narrow_schema({"type": "object", "properties": {"winner": {"type": "string"}}}, {"doers": ["fox", "crow"]})
        {'type': 'object', 'properties': {'winner': {'enum': ['fox', 'crow']}}}
    """


@hookspec(firstresult=True)
def repair_output(step: str, output: dict[str, Any], inputs: Inputs) -> Repaired | None:
    """Leave out of a model's answer what is superfluous in it, so that the rest can be used.

    Called for every answer of a model that fits ``output_schema``, before :func:`validate_output`; never for gold. Only what
    says nothing new is to be left out: whatever would have to be guessed is for ``validate_output`` to refuse. The rest must
    fit ``output_schema`` still and be no longer than the answer was. It is used where it is valid, and then the repairs are
    kept beside it and counted.

    Args:
        step: the step's name.
        output: a copy of the answer, which may be changed and returned in a :class:`Repaired`.
        inputs: what the step was shown, a copy too.

    Returns:
        The :class:`Repaired`: the answer without what was left out, and for each such thing a :class:`Problem`, with its path
        in the answer as it was given. None, or no such hook, leaves nothing out; an answer that is changed and nothing told of
        is an error, and so are repairs of an answer that is as it was.

    Example:
        >>> @hookimpl
        ... def repair_output(output, inputs):
        ...     known = [i for i, name in enumerate(output["new"]) if name in inputs["known"]]
        ...     output["new"] = [name for name in output["new"] if name not in inputs["known"]]
        ...     return Repaired(output, tuple(Problem(f"$.new[{i}]", "is already known; left out") for i in known))
        >>> repair_output({"new": ["fox", "crow"]}, {"known": ["fox"]})
        Repaired(output={'new': ['crow']}, repairs=(Problem(path='$.new[0]', message='is already known; left out'),))
    """


@hookspec(firstresult=True)
def configure_lora(step: str, settings: LoraSettings, examples: Sequence[Example]) -> LoraSettings | None:
    """Choose the LoRA settings of the step's adapter.

    Called once per training of the step, before the adapter is made.

    Args:
        step: the step's name.
        settings: what the configuration asks for.
        examples: the training examples.

    Returns:
        The settings to use. None, or no such hook, means ``settings`` as they are.

    Example:
        >>> from dataclasses import replace
        >>> @hookimpl
        ... def configure_lora(settings, examples):
        ...     return replace(settings, r=8, alpha=16) if len(examples) < 50 else settings
        >>> configure_lora(LoraSettings(), []).r
        8
    """


@hookspec(firstresult=True)
def apply_output(step: str, story: Story, event: Event | None, output: Output) -> bool | None:
    """Write an answer into the tale, so that the next steps read it.

    Called with valid answers only, on the tale itself (not on a view).

    Args:
        step: the step's name.
        story: the tale.
        event: the event; one of ``story.events``. None for a step of scope ``story``, which writes ``story.annotations``.
        output: the answer.

    Returns:
        True once the answer is written. None is an error: it would say that nobody wrote it.

    Example:
        >>> from ft_core import Event, Story
        >>> @hookimpl
        ... def apply_output(event, output):
        ...     event.instrument = output["instrument"]
        ...     return True
        >>> horn = Event("e1")
        >>> apply_output(horn, {"instrument": "horn"}), horn.instrument
        (True, 'horn')
    """


@hookspec(firstresult=True)
def score_outputs(step: str, answers: Sequence[Answer]) -> ScoreSheet | None:
    """Count how right each answer is, and say how metrics follow from sums of the counts.

    Called by evaluation, once per step and system. Counts are additive, so that a bootstrap over tales adds them again and
    never scores again.

    Args:
        step: the step's name.
        answers: expected and predicted answers, those of a tale together and in event order, in a list of the call's own: a
            wrapper may put others in their places before it yields. ``predicted`` is None where the model's answer was not
            valid: a miss, not a reason to pass it over.

    Returns:
        A :class:`ScoreSheet` with one row of counts per answer. None, or no such hook, means exact match of each key whose
        gold value is not blank, and of all these together.

    Example:
        >>> from ft_core import Accuracy, ScoreRow, compare_label, make_score_sheet
        >>> tag = Accuracy("tag_accuracy")
        >>> @hookimpl
        ... def score_outputs(answers):
        ...     rows = [ScoreRow() for _ in answers]
        ...     for row, answer in zip(rows, answers):
        ...         compare_label(row, answer, "tag", [tag])
        ...     return make_score_sheet(rows, [tag])
        >>> right, missed = Answer({}, {"tag": "x"}, {"tag": "x"}, "t1", "e1"), Answer({}, {"tag": "y"}, None, "t1", "e2")
        >>> sheet = score_outputs([right, missed])
        >>> sheet.metrics(), sheet.cases()
        ({'tag_accuracy': 0.5}, {'tag_accuracy': 2})
    """


@hookspec
def on_step_selected(step: str) -> None:
    """Hear that a command or a script is about to ask the step.

    Called whenever a working step is picked out of those that are installed, in each process that asks, and not where they are
    only listed. The place to say something, or to raise :class:`ft_core.SetupError` where the user has to mend something first.

    Args:
        step: the step's name.

    Returns:
        None; what is answered is not looked at.

    Example:
        >>> @hookimpl
        ... def on_step_selected(step):
        ...     print(f"{step} is going to be asked")
        >>> on_step_selected("stac")
        stac is going to be asked
    """


@hookspec
def on_step_started(step: str, examples: int, folder: Path) -> None:
    """Hear that the training of a step begins.

    Called once per training of a step that has examples, before its rows are made, in the process that writes. Listeners are
    called one by one; one that fails is told of, and training goes on.

    Args:
        step: the step's name.
        examples: how many training examples it has.
        folder: where its adapter goes.

    Returns:
        None; what is answered is not looked at.

    Example:
        >>> @hookimpl
        ... def on_step_started(step, examples):
        ...     print(f"{step}: {examples} examples")
        >>> on_step_started("stac", 3)
        stac: 3 examples
    """


@hookspec
def on_step_finished(step: str, record: Mapping[str, Any]) -> None:
    """Hear how the training of a step went.

    Called once after each :func:`on_step_started`, when the adapter is written or the step has failed; not where the run itself
    is stopped, by a signal or by a folder that cannot be written. Listeners are called one by one; one that fails is told of,
    and training goes on.

    Args:
        step: the step's name.
        record: the step's part of ``run.json``: JSON values such as ``status`` (``done`` or ``failed``), ``reason``,
            ``last_loss`` and ``seconds``.

    Returns:
        None; what is answered is not looked at.

    Example:
        >>> @hookimpl
        ... def on_step_finished(step, record):
        ...     print(f"{step}: {record['status']}")
        >>> on_step_finished("stac", {"status": "done", "last_loss": 0.5})
        stac: done
    """
