"""A step without a plugin, for tests of what is done with a step's examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ft_core.example import Example, Skipped
from ft_core.prompt import Prompt
from ft_core.step_info import StepInfo
from ft_core.story import Story


@dataclass
class FieldStep:
    """Asks for one field of each event, as the tale's annotators filled it."""

    name: str = "event_type"
    distribution: str = "acme-field"
    version: str = "1.0"
    forgets: frozenset[str] = frozenset()
    info: StepInfo = field(init=False)

    def __post_init__(self) -> None:
        self.info = StepInfo("Field", "One field.", {"type": "object"}, writes=(self.name,))

    def examples(self, story: Story) -> Iterator[Example | Skipped]:
        for event in story.events:
            if event.id in self.forgets:
                continue
            gold = getattr(event, self.name)
            if not event.text.strip():
                yield Skipped(story.id, event.id, f"{event.path}.text_span", "the event has no text")
            elif not gold:
                yield Skipped(story.id, event.id, f"{event.path}.{self.name}", f"{self.name} is blank")
            else:
                inputs = {"segment": event.text}
                prompt = Prompt(f"Say the {self.name}.", f"Segment:\n{event.text}")
                yield Example(inputs, {self.name: str(gold)}, story.id, event.id, prompt)
