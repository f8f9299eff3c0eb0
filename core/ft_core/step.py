"""The steps, typed: the only caller of hooks."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from ft_core.answer_repair import Repaired
from ft_core.errors import BrokenExtensionError, HookError, HookResultError, UnknownStepError
from ft_core.example import Answer, Example, Inputs, NotApplicable, Output, Skipped
from ft_core.item_check import describe_item_fault, fingerprint
from ft_core.lora import LoraSettings
from ft_core.narrowing import describe_narrowing_fault
from ft_core.place import id_of, path_of, skip_unmentioned
from ft_core.problem import Problem
from ft_core.prompt import Prompt
from ft_core.registry import BrokenStep, RegisteredStep, Registry, load_registry
from ft_core.repair_check import describe_repair_fault
from ft_core.schema import SchemaCheck
from ft_core.scores import ScoreSheet
from ft_core.step_info import StepInfo
from ft_core.story import Event, Story
from ft_core.suggestion import did_you_mean
from ft_core.view import StoryViewer, Viewer

__all__ = ["INVALID_GOLD", "Step", "Steps", "extract_examples", "load_steps"]

T = TypeVar("T")

INVALID_GOLD = "the annotated answer is not valid: "
"""How the reason begins where gold does not pass its own schema or validator."""

_NO_TEXT = NotApplicable("the event has no text", ".text_span")
_NO_TALE = NotApplicable("the tale has no text")


@dataclass(frozen=True)
class Step:
    """One installed step. Every method calls the hook of its name, with its wrappers and core's defaults.

    Attributes:
        name: the step's name.
        distribution, version: what provides it.
        info: what it says of itself.
        sources: the steps whose results for the event itself it sees: those it requires and uses.
        shown: the fields that these write, without those that it writes itself.

    Raises, from every method but those that tell listeners: :class:`ft_core.errors.HookError` where the hook fails or answers
    something of another type; ValueError where a step of events is asked about a tale as a whole, or the other way round.
    """

    name: str
    distribution: str
    version: str
    info: StepInfo
    sources: tuple[str, ...]
    shown: frozenset[str]
    registry: Registry

    @property
    def extensions(self) -> dict[str, str]:
        """The versions of the extensions around the step, by distribution."""
        return {each.distribution: each.version for each in self.registry.extensions}

    def places(self, story: Story) -> list[Event | None]:
        """Return what the step is asked about, in order: each event of the tale, or None for the tale as a whole."""
        return [None] if self.info.scope == "story" else [*story.events]

    def build_inputs(self, story: Story, event: Event | None = None) -> Inputs | NotApplicable:
        """Return what the step is shown for one of its :meth:`places`, as the tale stands."""
        return self.build_inputs_in(self.make_viewer(story), event)

    def make_viewer(self, story: Story, *, whole_cast: bool = False) -> StoryViewer:
        """Return what makes the step's views of a tale as it stands; ``whole_cast`` shows all its characters at once."""
        return StoryViewer(story, self.shown, self.sources, whole_cast=whole_cast)

    def build_inputs_in(self, viewer: Viewer, event: Event | None) -> Inputs | NotApplicable:
        """Return what the step is shown for a place, as :meth:`build_inputs` does, through views that are there already."""
        return self._inputs_of(viewer, event)[0]

    def examples(self, story: Story, without_summary: Container[str] = ()) -> Iterator[Example | Skipped]:
        """Yield exactly one example, with its prompt, or one reason for each of the step's places in an annotated tale.

        Args:
            story: the tale.
            without_summary: ids of the events (``""`` for the tale as a whole) about which the step is asked as if the tale
                had no summary.

        Raises:
            HookResultError: the hook made inputs of its own, spoke of an event twice or of one that is not there.
        """
        viewer = StoryViewer(story, self.shown, self.sources, without_summary)
        inputs = {id_of(event): self._inputs_of(viewer, event) for event in self.places(story)}
        found = self._extract(story, inputs)
        for event in self.places(story):
            item = found.get(id_of(event)) or skip_unmentioned(story, event)
            yield self._check(item, event) if isinstance(item, Example) else item

    def build_prompt(self, inputs: Inputs) -> Prompt:
        """Return the prompt for some inputs."""
        return self._expect(Prompt, "build_prompt", inputs=inputs)

    def validate_output(self, output: object, inputs: Inputs) -> list[Problem]:
        """Return what is wrong with an answer: by its JSON Schema, or else by the step's own rules."""
        problems = self._schema(output)
        if problems:
            return problems
        for answered in self._expect(list, "validate_output", output=output, inputs=inputs):
            if not isinstance(answered, list) or not all(isinstance(each, Problem) for each in answered):
                raise self._wrong_type("validate_output", answered, "a list of Problem")
            problems += answered
        return problems

    def narrow_schema(self, inputs: Inputs) -> dict[str, Any] | None:
        """Return the JSON Schema of the answer about some inputs; None where it is ``output_schema``.

        Raises:
            HookResultError: the hook gave no schema, or one that may allow what ``output_schema`` does not.
        """
        schema = self.info.output_schema
        narrowed: dict[str, Any] = self._expect(dict, "narrow_schema", schema=deepcopy(dict(schema)), inputs=inputs)
        if not narrowed or narrowed == schema:
            return None
        if fault := describe_narrowing_fault(narrowed, schema):
            raise self.blame("narrow_schema", f"gave a schema that cannot be used: {fault}")
        return narrowed

    def repair_output(self, output: Any, inputs: Inputs) -> Repaired | None:
        """Return a model's answer without what is superfluous in it; None where nothing is, or it does not fit the schema.

        Args:
            output: the answer, of JSON values that are nested no deeper than a tale's.
            inputs: what the step was shown.

        Raises:
            HookResultError: the hook gave something else, an answer that is longer or does not fit the schema, or it did not
                tell what it left out.
        """
        if self._schema(output):
            return None
        # Copies: what a hook changes in the inputs must not get into the next question about them.
        repaired = self._expect(Repaired, "repair_output", output=deepcopy(output), inputs=deepcopy(dict(inputs)))
        if fault := describe_repair_fault(repaired, output, self._schema):
            raise self.blame("repair_output", fault)
        return repaired if repaired.repairs else None

    def blame(self, hook: str, what: str) -> HookResultError:
        """Return an error that says what a hook did, in words that go on after its name, and whose it is."""
        provider = self.registry.name_answerers(self.name, hook)
        return HookResultError(
            f"Step {self.name!r}: hook {hook!r} of {provider} {what}. This is a fault of the step; report it to its authors."
        )

    def configure_lora(self, settings: LoraSettings, examples: Sequence[Example]) -> LoraSettings:
        """Return the LoRA settings of the step's adapter."""
        return self._expect(LoraSettings, "configure_lora", settings=settings, examples=examples)

    def apply_output(self, story: Story, event: Event | None, output: Output) -> None:
        """Write a valid answer of one of the step's :meth:`places` into the tale."""
        self._check_place(event)
        self.registry.call(self.name, "apply_output", story=story, event=event, output=output)

    def score_outputs(self, answers: Sequence[Answer]) -> ScoreSheet:
        """Return the counts of each answer and how metrics follow from them."""
        return self._expect(ScoreSheet, "score_outputs", answers=[*answers])  # a list that a wrapper may change

    def on_step_selected(self) -> None:
        """Tell all listeners that the step is about to be asked.

        Raises:
            HookError: a listener failed; the first one's error.
        """
        for failure in self.registry.tell(self.name, "on_step_selected"):
            raise failure

    def on_step_started(self, examples: int, folder: Path) -> list[HookError]:
        """Tell all listeners that training begins, and return what some of them raised."""
        return self.registry.tell(self.name, "on_step_started", examples=examples, folder=folder)

    def on_step_finished(self, record: Mapping[str, Any]) -> list[HookError]:
        """Tell all listeners how training went, and return what some of them raised."""
        return self.registry.tell(self.name, "on_step_finished", record=record)

    @cached_property
    def _schema(self) -> SchemaCheck:
        return SchemaCheck(self.info.output_schema)

    def _inputs_of(self, viewer: Viewer, event: Event | None) -> tuple[Inputs | NotApplicable, bytes]:
        """Return the inputs and their fingerprint."""
        self._check_place(event)
        story, seen = viewer.view(event)
        if not (event.text.strip() if event else story.text.strip() or story.told_events()):
            nothing = _NO_TEXT if event else _NO_TALE
            return nothing, fingerprint(nothing)
        inputs = self.registry.call(self.name, "build_inputs", story=story, event=seen)
        if not isinstance(inputs, dict | NotApplicable):
            raise self._wrong_type("build_inputs", inputs, "a dict or NotApplicable")
        return inputs, self._check_json("build_inputs", inputs)

    def _check_place(self, event: Event | None) -> None:
        if (event is None) != (self.info.scope == "story"):
            raise ValueError(f"Step {self.name!r} is asked once per {self.info.scope}; ask it about what Step.places() gives.")

    def _check_json(self, hook: str, value: Inputs | Output | NotApplicable) -> bytes:
        try:
            return fingerprint(value)
        except (TypeError, ValueError) as error:
            raise self._wrong_type(hook, value, f"JSON values only ({error})") from error

    def _extract(
        self, story: Story, inputs: Mapping[str, tuple[Inputs | NotApplicable, bytes]]
    ) -> dict[str, Example | Skipped]:
        prints = {event_id: each for event_id, (_, each) in inputs.items()}
        items = self.registry.gather(
            self.name, "extract_examples", story=story, inputs_of=lambda event=None: inputs[id_of(event)][0]
        )
        found: dict[str, Example | Skipped] = {}
        for item in items:
            if not isinstance(item, Example | Skipped):
                raise self._wrong_type("extract_examples", item, "Example or Skipped in its iterator")
            fault = describe_item_fault(item, story, prints, found)
            if fault:
                raise self._refused(story, item, fault)
            found[item.event_id] = item
        return found

    def _check(self, example: Example, event: Event | None) -> Example | Skipped:
        if isinstance(example.inputs, NotApplicable):
            path = path_of(event) + example.inputs.path
            return Skipped(example.story_id, example.event_id, path, example.inputs.reason)
        self._check_json("extract_examples", example.output)
        problems = self.validate_output(example.output, example.inputs)
        if problems:
            reason = INVALID_GOLD + "; ".join(map(str, problems))
            return Skipped(example.story_id, example.event_id, path_of(event), reason)
        prompt = self.build_prompt(example.inputs)
        return Example(example.inputs, example.output, example.story_id, example.event_id, prompt)

    def _expect(self, kind: type[T], hook: str, **arguments: Any) -> T:
        result = self.registry.call(self.name, hook, **arguments)
        if not isinstance(result, kind):
            raise self._wrong_type(hook, result, f"a {kind.__name__}")
        return result

    def _wrong_type(self, hook: str, result: object, wanted: str) -> HookResultError:
        provider = self.registry.name_answerers(self.name, hook)
        return HookResultError(
            f"Step {self.name!r}: hook {hook!r} of {provider} answered a {type(result).__name__}; it must return {wanted}."
        )

    def _refused(self, story: Story, item: Example | Skipped, what: str) -> HookResultError:
        return self.blame("extract_examples", f"{what} ({story.source or story.id}, event {item.event_id!r})")


class Steps:
    """The installed steps.

    Attributes:
        working: the steps that can be used, in the order in which they run.
        broken: the steps that cannot, with the reason.
        registered: where each working step comes from.
        extensions: what is around all steps.
        broken_extensions: the extensions that cannot be used; while there is one, no step can be had.
        choice: what was chosen to be loaded.
    """

    def __init__(self, registry: Registry) -> None:
        writes = {each.entry.name: each.info.writes for each in registry.steps}
        self.broken: tuple[BrokenStep, ...] = tuple(registry.broken)
        self.registered: tuple[RegisteredStep, ...] = tuple(registry.steps)
        self.extensions = tuple(registry.extensions)
        self.broken_extensions = tuple(registry.broken_extensions)
        self.choice = registry.choice
        self.working = tuple(_make_step(each, writes, registry) for each in registry.steps)

    def get(self, name: str) -> Step:
        """Return a working step.

        Raises:
            UnknownStepError: no step of that name is installed, or it is left out.
            PluginError: the step is installed but broken.
            BrokenExtensionError: an extension is, so that every step would ask otherwise than with it.
        """
        self._refuse_broken_extensions()
        for step in self.working:
            if step.name == name:
                step.on_step_selected()
                return step
        for broken in self.broken:
            if broken.entry.name == name:
                raise broken.error
        if name in self.choice.left_out:
            raise UnknownStepError(f"{name!r} is installed but not loaded, for {self.choice.variable}. Name it there too.")
        installed = sorted({step.name for step in self.working} | {step.entry.name for step in self.broken})
        raise UnknownStepError(
            f"No step {name!r} is installed.{did_you_mean(name, installed)} Installed: {', '.join(installed) or 'none'}."
        )

    def select(self, names: Sequence[str]) -> list[Step]:
        """Return the named steps, each once, in the order in which they run; all of them where none is named.

        Raises: as :meth:`get`.
        """
        self._refuse_broken_extensions()
        wanted = {self.get(name).name for name in names or [step.name for step in self.working]}
        return [step for step in self.working if step.name in wanted]

    def _refuse_broken_extensions(self) -> None:
        reasons = list(dict.fromkeys(str(each.error) for each in self.broken_extensions))
        if not reasons:
            return
        working = ",".join([step.name for step in self.working] + [entry.name for entry in self.extensions])
        remedies = sorted({each.entry.remedy for each in self.broken_extensions})
        raise BrokenExtensionError(
            f"An extension is broken, and without it the steps would ask in another way:\n  {'; '.join(reasons)}\n"
            f"Mend it, or do without it for good ({'; '.join(remedies)}), or for now (FT_CORE_LOAD={working})."
        )


def _make_step(step: RegisteredStep, writes: Mapping[str, Sequence[str]], registry: Registry) -> Step:
    entry, info = step.entry, step.info
    sources = (*info.requires, *info.uses)
    shown = {field for name in sources for field in writes.get(name, ())} - set(info.writes)
    return Step(entry.name, entry.distribution, entry.version, info, sources, frozenset(shown), registry)


def load_steps(path: Sequence[str] | None = None) -> Steps:
    """Find, import and check the installed steps.

    Args:
        path: folders to search for distributions instead of ``sys.path``.
    """
    return Steps(load_registry(path))


def extract_examples(step: str, story: Story) -> list[Example]:
    """Return the examples that an annotated tale gives for an installed step, with their prompts.

    Raises: as :meth:`Steps.get` and :meth:`Step.examples`.
    """
    return [item for item in _installed_steps().get(step).examples(story) if isinstance(item, Example)]


@cache
def _installed_steps() -> Steps:
    return load_steps()
