"""The step ``relationship`` of ft-core.

Names the standing tie of each doer to each receiver of an event, and the doer's stance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import extract_examples

if TYPE_CHECKING:
    from ft_core import Example, Story

__all__ = ["extract_relationship_examples"]


def extract_relationship_examples(story: Story) -> list[Example]:
    """Return the examples, with their prompts, that an annotated tale gives for this step.

    Raises: as :func:`ft_core.extract_examples`.
    """
    return extract_examples("relationship", story)
