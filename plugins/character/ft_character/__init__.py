"""The step ``character`` of ft-core.

Names the doers and receivers of an event, and the characters that appear in it for the first time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ft_core import extract_examples

if TYPE_CHECKING:
    from ft_core import Example, Story

__all__ = ["extract_character_examples"]


def extract_character_examples(story: Story) -> list[Example]:
    """Return the examples, with their prompts, that an annotated tale gives for this step.

    Raises: as :func:`ft_core.extract_examples`.
    """
    return extract_examples("character", story)
