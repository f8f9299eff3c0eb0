"""The cases of an evaluation: events with a gold answer, of tales that are measured on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ft_core.corpus.lot import draw_lot
from ft_core.corpus.prepared_tale import Telling
from ft_core.example import Example, Skipped
from ft_core.prompt import Prompt
from ft_core.story import Story

__all__ = ["Case", "list_cases"]


@dataclass(frozen=True, slots=True)
class Case:
    """One question to a step with its gold answer, and the tale that it is about."""

    example: Example
    story: Story

    @property
    def place(self) -> tuple[str, str]:
        """The ids of tale and event."""
        return self.example.story_id, self.example.event_id

    @property
    def prompt(self) -> Prompt:
        """What the step asks with gold inputs."""
        assert self.example.prompt is not None  # noqa: S101  # Step.examples has set it
        return self.example.prompt

    @property
    def segment(self) -> str:
        """The text of the event, or of the whole tale where the step asks of it."""
        found = [event.text for event in self.story.events if event.id == self.example.event_id]
        return found[0] if found else self.story.text


def list_cases(
    step: str, tellings: Iterable[Telling], *, seed: int, limit: int | None = None
) -> tuple[list[Case], list[Skipped]]:
    """Return a step's cases in the order of tales and events, and the events that give none.

    Args:
        step: its name.
        tellings: the tales.
        seed: chooses which cases stay.
        limit: how many at most. The lots are those of the events, so that steps are asked about the same ones.
    """
    items = [(item, telling.story) for telling in tellings for item in telling.items[step]]
    cases = [Case(item, story) for item, story in items if isinstance(item, Example)]
    return _limit(cases, seed, limit), [item for item, _ in items if isinstance(item, Skipped)]


def _limit(cases: Sequence[Case], seed: int, limit: int | None) -> list[Case]:
    if limit is None or len(cases) <= limit:
        return [*cases]
    order = sorted(range(len(cases)), key=lambda number: draw_lot(seed, "evaluate", *cases[number].place))
    return [cases[number] for number in sorted(order[:limit])]
