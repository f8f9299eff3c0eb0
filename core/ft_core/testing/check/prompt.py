"""A prompt depends on its inputs only, and what is the same in all of them stands first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from copy import deepcopy

from ft_core.example import Example, NotApplicable
from ft_core.prompt import Prompt
from ft_core.step import Step
from ft_core.testing.finding import Verdict
from ft_core.testing.specimen import Specimen, TakenItem

__all__ = ["check_prefix", "check_purity"]

_TOLD = 3
_LONG_LINE = 20
"""A line of so many characters that is in all prompts is no accident of the tales."""


def check_purity(specimen: Specimen) -> Verdict:
    """Check that ``build_inputs`` and ``build_prompt`` give the same again, in any order, and change nothing.

    Raises:
        HookError: a hook of the step fails.
    """
    problems = list(_find_impurities(specimen.step, [*reversed(specimen.examples)]))
    more = [f"and {len(problems) - _TOLD} more examples"] if len(problems) > _TOLD else []
    return Verdict(f"{len(specimen.examples)} prompts, each made twice", [*problems[:_TOLD], *more])


def _find_impurities(step: Step, examples: Sequence[tuple[TakenItem, Example]]) -> Iterator[str]:
    for taken, example in examples:
        inputs = step.build_inputs(taken.story, taken.event)
        if isinstance(inputs, NotApplicable):
            yield f"build_inputs gave inputs for {taken.place}, then {inputs!r}. Let it use nothing but the tale and the event"
            continue
        before = deepcopy(inputs)
        again = step.build_prompt(inputs)
        if inputs != before:
            yield f"build_prompt changed the inputs of {taken.place}. Let it work on a copy"
        elif inputs != example.inputs:
            yield (
                f"build_inputs gave other inputs for {taken.place} the second time, or a hook changed the first ones. Let it "
                f"use nothing but the tale and the event, and let the others leave inputs alone"
            )
        elif again != example.prompt:
            yield (
                f"build_prompt gave two prompts for the inputs of {taken.place}. Let it use nothing but its inputs: no "
                f"counter, no clock, nothing random"
            )


def check_prefix(specimen: Specimen) -> Verdict:
    """Check that the system text is always the same, and that no more of the prompts is the same further down.

    Training computes what rows begin with in common once for many of them.
    """
    prompts = [example.prompt for _, example in specimen.examples if example.prompt]
    if len(prompts) < 2:  # noqa: PLR2004  one prompt has nothing in common
        return Verdict(skipped="fewer than two examples, which share nothing")
    systems = {prompt.system for prompt in prompts}
    if len(systems) > 1:
        problem = (
            f"the prompts have {len(systems)} different system texts. Put what depends on the tale into the user text, and "
            f"what is always the same into the system text"
        )
        return Verdict(problems=[problem])
    return _weigh_prefix(prompts)


def _weigh_prefix(prompts: Sequence[Prompt]) -> Verdict:
    texts = [prompt.instruction for prompt in prompts]
    prefix = len(os.path.commonprefix(texts))  # noqa: RUF071  by characters is what is meant
    below = _measure_same_lines([text[prefix:] for text in texts])
    if below > prefix:
        problem = (
            f"{below} characters of every prompt are the same, but stand behind the tale's material; before it are only "
            f"{prefix}. Put them into the system text: what prompts begin with in common is computed once for many"
        )
        return Verdict(problems=[problem])
    share = prefix * len(texts) / sum(map(len, texts))
    return Verdict(f"all prompts begin with the same {prefix} characters, {share:.0%} of a prompt on average")


def _measure_same_lines(texts: Sequence[str]) -> int:
    lines = set.intersection(*(set(text.splitlines()) for text in texts))
    return sum(len(line) for line in lines if len(line) >= _LONG_LINE)
