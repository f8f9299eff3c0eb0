"""Where in its tale a segment stands, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ft_core import Event, Story

__all__ = ["describe_place"]

_BETWEEN = ("early", "before the middle", "in the middle", "after the middle", "late")
"""Between the first event and the last one, each for a fifth of the way."""


def describe_place(story: Story, event: Event) -> str:
    """Say where among the tale's events one stands, in time order; nothing where it is the only one.

    Situations gather at the beginning of a tale and consequences at its end, whatever their words: a classifier that knows
    only the place and the language is right about 50 to 51 % of the sentences of tales that it has not seen, where 44 to 47 %
    are actions (logistic regression, cross-validated over the training tales of three folds, segments of three sentences).

    Raises:
        ValueError: the event is none of the tale's own, or it has no segment.
    """
    number, count = story.count_off(event)
    if count == 1:
        return ""
    if number in (1, count):
        return "at the beginning" if number == 1 else "at the end"
    return _BETWEEN[len(_BETWEEN) * (number - 1) // (count - 1)]
