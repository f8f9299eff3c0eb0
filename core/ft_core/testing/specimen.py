"""What the checks look at: one step, and what it makes of some annotated tales."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ft_core.example import Example, Skipped, name_place
from ft_core.step import Step
from ft_core.story import Event, Story

__all__ = ["Specimen", "TakenItem"]


@dataclass(frozen=True, slots=True)
class TakenItem:
    """An example or a reason, with the place in the tale that it is of."""

    story: Story
    event: Event | None
    item: Example | Skipped

    @property
    def place(self) -> str:
        """The tale, and the event, for messages."""
        return name_place(self.story.id, self.item.event_id)


@dataclass(frozen=True)
class Specimen:
    """A step to be checked.

    Attributes:
        step: the step.
        later: the installed steps that require or use it.
        stories: annotated tales.
    """

    step: Step
    later: Sequence[Step]
    stories: Sequence[Story]

    @cached_property
    def items(self) -> list[TakenItem]:
        """What the step gives for each of its places in the tales.

        Raises:
            HookError: a hook of the step fails.
        """
        return list(self._take())

    @cached_property
    def examples(self) -> list[tuple[TakenItem, Example]]:
        """The places that give an example.

        Raises: as :attr:`items`.
        """
        return [(taken, taken.item) for taken in self.items if isinstance(taken.item, Example)]

    def count_reasons(self) -> Counter[str]:
        """Return how many places gave no example, by reason."""
        return Counter(taken.item.reason for taken in self.items if isinstance(taken.item, Skipped))

    def _take(self) -> Iterator[TakenItem]:
        for story in self.stories:
            for event, item in zip(self.step.places(story), self.step.examples(story), strict=True):
                yield TakenItem(story, event, item)
