"""The one way from what a step is shown to its judged answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ft_core.errors import NarrowingError
from ft_core.example import Inputs
from ft_core.infer.answerer import Answerer
from ft_core.infer.judgement import Judgement, judge
from ft_core.step import Step

__all__ = ["ask_step"]


def ask_step(
    step: Step,
    shown: Sequence[Inputs],
    answerer: Answerer,
    *,
    adapter: bool = True,
    constrained: bool = True,
    on_answered: Callable[[int], None] | None = None,
) -> list[Judgement]:
    """Ask a step about some inputs, each answer narrowed to what its question allows, and judge the replies.

    Args:
        step: the step.
        shown: the inputs, as they are shown.
        answerer: who answers.
        adapter: False asks the base model alone.
        constrained: whether only answers of the step's output schema, and of ``narrow_schema``, can be given.
        on_answered: called with the number of prompts whenever some more are answered.

    Raises:
        HookError: a hook of the step fails, or constrained decoding cannot follow what ``narrow_schema`` gave.
    """
    if not shown:
        return []
    prompts = [step.build_prompt(inputs) for inputs in shown]
    schemas = [step.narrow_schema(inputs) for inputs in shown] if constrained else None
    try:
        replies = answerer.ask(
            step.name, prompts, adapter=adapter, constrained=constrained, schemas=schemas, on_answered=on_answered
        )
    except NarrowingError as error:
        raise step.blame("narrow_schema", f"gave a schema that cannot be used: {error}") from error
    return [judge(step, inputs, reply) for inputs, reply in zip(shown, replies, strict=True)]
