"""The step ``action`` of ft-core.

Classifies what is done in an event: category and type, context, status and narrative function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import extract_examples

if TYPE_CHECKING:
    from ft_core import Example, Story

__all__ = ["extract_action_examples"]


def extract_action_examples(story: Story) -> list[Example]:
    """Return the examples, with their prompts, that an annotated tale gives for this step.

    Raises: as :func:`ft_core.extract_examples`.
    """
    return extract_examples("action", story)
