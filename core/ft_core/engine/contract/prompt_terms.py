"""What is asked: the prompts that a step makes of the sample tales, and the tokens that they become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ft_core.engine.chat import Chat
from ft_core.engine.contract.content_hash import hash_value
from ft_core.engine.contract.probe_tale import ProbeTale, Variant, list_probe_tales
from ft_core.errors import HookError
from ft_core.example import Inputs, NotApplicable
from ft_core.place import id_of
from ft_core.prompt import Prompt
from ft_core.step import Step
from ft_core.story import Story

__all__ = ["Probe", "PromptTerms", "ask_again", "describe_prompts"]


@dataclass(frozen=True, slots=True)
class Probe:
    """One question that the step asks about a sample tale.

    Attributes:
        story, event, variant: what it is about.
        tale_hash: SHA-256 of the tale's JSON content.
        inputs: what ``build_inputs`` gave; None where the step has nothing to ask.
        system: its system text where that is not :attr:`PromptTerms.system`, else None.
        user: its user text.
        tokens: the length of the rendered prompt.
        token_hash: the hash of its ids.
        narrowed: what ``narrow_schema`` makes of the inputs, order of keys included; empty where it narrows nothing, and None
            in a contract of before there was such a hook.
    """

    story: str
    event: str
    variant: Variant
    tale_hash: str
    inputs: Mapping[str, Any] | None
    system: str | None
    user: str
    tokens: int
    token_hash: str
    narrowed: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """How messages call it: tale, event, and whether with the optional inputs."""
        return f"{self.story}/{self.event} ({self.variant})"


@dataclass(frozen=True, slots=True)
class PromptTerms:
    """A step's prompts.

    Attributes:
        system: the static text, the first probe's.
        prompt_hash, inputs_hash, token_hash: over those of all probes, in their order.
        probes: the questions.
    """

    system: str
    prompt_hash: str
    inputs_hash: str
    token_hash: str
    probes: tuple[Probe, ...]

    def prompt_of(self, probe: Probe) -> Prompt:
        """Return a probe's prompt."""
        return Prompt(self.system if probe.system is None else probe.system, probe.user)


def describe_prompts(step: Step, chat: Chat) -> PromptTerms:
    """Ask a step about each sample tale: its first event without optional material, and its last one with all of it.

    An event about which the step has nothing to ask is passed over for the next one.

    Raises:
        HookError: the step fails on a sample tale.
    """
    questions = (_ask_first(step, tale, variant) for tale in list_probe_tales() for variant in tale.variants)
    return _sum_up(_make_probe(question, chat) for question in questions if question is not None)


def ask_again(trained: PromptTerms, step: Step, chat: Chat) -> PromptTerms:
    """Return the same questions as they would be asked now, each part made of the trained part before it.

    Inputs come from the sample tale (the trained ones stand for it where the tale itself has changed), the prompt and the
    narrowed schema from the trained inputs, the tokens from the trained prompt. So what has changed shows in its own place
    and not in all that follow.

    Raises:
        HookError: the step cannot make a prompt of the trained inputs, nor of those that it makes now.
    """
    tales = {tale.id: tale for tale in list_probe_tales()}
    return _sum_up(_ask_one_again(trained, probe, tales.get(probe.story), step, chat) for probe in trained.probes)


@dataclass(frozen=True, slots=True)
class _Question:
    tale: ProbeTale
    variant: Variant
    event: str
    inputs: Inputs
    prompt: Prompt
    narrowed: Mapping[str, Any]


def _ask_first(step: Step, tale: ProbeTale, variant: Variant) -> _Question | None:
    story = tale.variants[variant]
    places = step.places(story)
    for event in places if variant == "bare" else places[::-1]:
        inputs = step.build_inputs(story, event)
        if not isinstance(inputs, NotApplicable):
            prompt, narrowed = _ask_step(step, inputs)
            return _Question(tale, variant, id_of(event), inputs, prompt, narrowed)
    return None


def _make_probe(question: _Question, chat: Chat) -> Probe:
    ids = chat.prompt_ids(question.prompt)
    return Probe(
        story=question.tale.id,
        event=question.event,
        variant=question.variant,
        tale_hash=question.tale.content_hash,
        inputs=dict(question.inputs),
        system=question.prompt.system,
        user=question.prompt.user,
        tokens=len(ids),
        token_hash=hash_value(ids),
        narrowed=question.narrowed,
    )


def _ask_one_again(trained: PromptTerms, probe: Probe, tale: ProbeTale | None, step: Step, chat: Chat) -> Probe:
    inputs = probe.inputs
    if tale is not None and tale.content_hash == probe.tale_hash:
        inputs = _build_inputs(step, tale.variants[probe.variant], probe.event)
    prompt, narrowed = _ask_trained(step, probe.inputs or {}, inputs)
    ids = chat.prompt_ids(trained.prompt_of(probe))
    return replace(
        probe,
        tale_hash=tale.content_hash if tale else "",
        inputs=inputs,
        system=prompt.system,
        user=prompt.user,
        tokens=len(ids),
        token_hash=hash_value(ids),
        narrowed=narrowed,
    )


def _build_inputs(step: Step, story: Story, event_id: str) -> dict[str, Any] | None:
    event = next(event for event in step.places(story) if id_of(event) == event_id)
    inputs = step.build_inputs(story, event)
    return None if isinstance(inputs, NotApplicable) else dict(inputs)


def _ask_trained(step: Step, trained: Inputs, now: Inputs | None) -> tuple[Prompt, Mapping[str, Any]]:
    try:
        return _ask_step(step, trained)
    except HookError:  # the step reads inputs that it did not make then
        if now is None or now == trained:
            raise
        return _ask_step(step, now)


def _ask_step(step: Step, inputs: Inputs) -> tuple[Prompt, Mapping[str, Any]]:
    return step.build_prompt(inputs), step.narrow_schema(inputs) or {}


def _sum_up(probes: Iterable[Probe]) -> PromptTerms:
    made: Sequence[Probe] = tuple(probes)
    system = (made[0].system or "") if made else ""
    return PromptTerms(
        system=system,
        prompt_hash=hash_value([[probe.system, probe.user] for probe in made]),
        inputs_hash=hash_value([probe.inputs for probe in made]),
        token_hash=hash_value([probe.token_hash for probe in made]),
        probes=tuple(replace(probe, system=None) if probe.system == system else probe for probe in made),
    )
