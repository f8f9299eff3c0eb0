"""What is wrong with a ``stac`` answer that its schema does not see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ft_core import Problem
from ft_stac.record import NO_HEAD

if TYPE_CHECKING:
    from ft_core import Inputs, Output

__all__ = ["validate_output"]

_EMPTY_RECORD = Problem("$", "situation, task, action and consequence are all empty; at least one must be set")


def validate_output(output: Output, inputs: Inputs) -> list[Problem]:
    """Find sentences that are not those of the segment, one after the other, and an answer that says nothing of any.

    Of a record, as other prompts ask for, only that it says nothing.
    """
    if "sentences" not in output:
        return [] if any(text.strip() for text in output.values()) else [_EMPTY_RECORD]
    if problem := _find_difference(output["sentences"], inputs["sentences"]):
        return [problem]
    if all(each["head"] == NO_HEAD for each in output["sentences"]):
        return [Problem("$.sentences", "every head is none; at least one sentence must have another one")]
    return []


def _find_difference(given: Sequence[Any], asked: Sequence[str]) -> Problem | None:
    """Return the first place where an answer goes astray: what comes behind it is of other sentences."""
    for number, (each, sentence) in enumerate(zip(given, asked, strict=False)):
        if each["text"] != sentence:
            return Problem(f"$.sentences[{number}].text", f"is not the segment's sentence {number + 1}, which is {sentence!r}")
    if len(given) != len(asked):
        return Problem("$.sentences", f"has {len(given)} sentences, and the segment has {len(asked)}")
    return None
