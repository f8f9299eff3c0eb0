"""The step ``stac`` of ft-core.

Gathers an event's sentences under situation, task, action and consequence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import extract_examples

if TYPE_CHECKING:
    from ft_core import Example, Story

__all__ = ["extract_stac_examples"]


def extract_stac_examples(story: Story) -> list[Example]:
    """Return the examples, with their prompts, that an annotated tale gives for this step.

    Raises: as :func:`ft_core.extract_examples`.
    """
    return extract_examples("stac", story)
