"""Who answers prompts: a base model with one adapter for each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ft_core.infer.reply import Reply
from ft_core.prompt import Prompt

__all__ = ["Answerer"]


class Answerer(Protocol):
    """Answers the prompts of a step, many at a time."""

    def ask(self, step: str, prompts: Sequence[Prompt], *, adapter: bool = True, constrained: bool = True) -> list[Reply]:
        """Return one reply to each prompt, in their order.

        Args:
            step: whose adapter, chat template and output schema to use.
            prompts: as ``build_prompt`` made them.
            adapter: False asks the base model alone.
            constrained: whether only answers of the step's output schema can be given.
        """
