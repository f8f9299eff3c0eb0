"""The step ``instrument`` of ft-core.

Names the significant thing, often magical, that the doer of an event acts with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import extract_examples

if TYPE_CHECKING:
    from ft_core import Example, Story

__all__ = ["extract_instrument_examples"]


def extract_instrument_examples(story: Story) -> list[Example]:
    """Return the examples, with their prompts, that an annotated tale gives for this step.

    Raises: as :func:`ft_core.extract_examples`.
    """
    return extract_examples("instrument", story)
