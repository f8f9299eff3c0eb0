"""Who answers prompts: a base model with one adapter for each step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ft_core.infer.reply import Reply
from ft_core.prompt import Prompt

__all__ = ["Answerer"]


class Answerer(Protocol):
    """Answers the prompts of a step, many at a time."""

    def ask(
        self,
        step: str,
        prompts: Sequence[Prompt],
        *,
        adapter: bool = True,
        constrained: bool = True,
        schemas: Sequence[Mapping[str, Any] | None] | None = None,
        max_new_tokens: int | None = None,
        on_answered: Callable[[int], None] | None = None,
    ) -> list[Reply]:
        """Return one reply to each prompt, in their order.

        Args:
            step: whose adapter, chat template and output schema to use.
            prompts: as ``build_prompt`` made them.
            adapter: False asks the base model alone.
            constrained: whether only answers of the step's output schema can be given.
            schemas: for each prompt what :meth:`ft_core.step.Step.narrow_schema` gives, which then stands in the place of the
                output schema; None narrows nothing. :func:`ft_core.infer.asking.ask_step` sees to it.
            max_new_tokens: the most tokens of each answer, with its EOS; None takes the step's.
            on_answered: called with the number of prompts whenever some more are answered, which may be all at once.
        """
