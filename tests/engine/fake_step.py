from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ft_core.corpus.training_data import StepData, TrainingData
from ft_core.errors import HookError
from ft_core.example import Example, Inputs, TrainingText
from ft_core.lora import LoraSettings
from ft_core.prompt import Prompt
from ft_core.step import Step
from ft_core.step_info import StepInfo
from ft_core.story import Event, Story

INFO = StepInfo("Fake", "A step of the tests.", {"type": "object"}, writes=("annotations",))


@dataclass
class FakeStep:
    """As much of a step as the engine uses."""

    name: str
    distribution: str = "ft-fake"
    version: str = "1.0"
    settings: LoraSettings | Exception | None = None
    seen: list[int] = field(default_factory=list)
    told: list[tuple[str, int | str]] = field(default_factory=list)
    info: StepInfo = INFO
    extensions: Mapping[str, str] = field(default_factory=dict)

    def places(self, story: Story) -> list[Event | None]:
        return [*story.events]

    def build_inputs(self, story: Story, event: Event) -> Inputs:
        return {"segment": event.text, "summary": story.summary}

    def build_prompt(self, inputs: Inputs) -> Prompt:
        return Prompt("Label the event; answer as JSON.", f"Segment:\n{inputs['segment']}")

    def narrow_schema(self, inputs: Inputs) -> None:
        return None

    def configure_lora(self, settings: LoraSettings, examples: Sequence[Example]) -> LoraSettings:
        self.seen.append(len(examples))
        if isinstance(self.settings, Exception):
            raise self.settings
        return self.settings or settings

    def on_step_started(self, examples: int, folder: Path) -> list[HookError]:
        self.told.append(("started", examples))
        return []

    def on_step_finished(self, record: Mapping[str, Any]) -> list[HookError]:
        self.told.append(("finished", record["status"]))
        return []


def fake_step(name: str, settings: LoraSettings | Exception | None = None) -> Step:
    return cast(Step, FakeStep(name, settings=settings))


def some_texts(number: int = 6, who: str = "fox") -> tuple[TrainingText, ...]:
    return tuple(
        TrainingText(
            Prompt("Label the event; answer as JSON.", f"Segment:\nThe {who} ate {'cheese, ' * (i % 4)}and went home."),
            f'{{"doers": ["{who}"], "type": "{"give" if i % 2 else "deceive"}"}}',
            f"tale_{i % 3}",
            f"e{i}",
        )
        for i in range(number)
    )


def some_data(**steps: Sequence[TrainingText]) -> TrainingData:
    return TrainingData(
        {name: StepData(tuple(texts)) for name, texts in steps.items()}, "tales", "d" * 64, "s" * 64, {"train": ("tale_0",)}
    )
