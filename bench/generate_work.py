"""What ``generate.py`` asks: questions of every step with their annotated answers, out of tales or of prepared files."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.preparing import prepare
from ft_core.corpus.training_data import SPLITS
from ft_core.data_config import DataConfig
from ft_core.engine.chat import Chat
from ft_core.example import Inputs, TrainingText
from ft_core.prompt import Prompt
from ft_core.step import load_steps

__all__ = ["Source", "Texts", "Way", "Work", "read_source"]

Way: TypeAlias = Literal["narrowed", "constrained", "unconstrained"]
"""How answers are constrained: to the schema of their question, to that of their step, or not at all."""

Texts: TypeAlias = Mapping[str, Sequence[TrainingText]]
"""By step."""


@dataclass(frozen=True)
class Source:
    """What there is to ask, and by prompt what the step was shown; nothing where that is not known."""

    texts: Texts
    shown: Mapping[Prompt, Inputs]


@dataclass(frozen=True)
class Work:
    """What is asked: texts by step, and their tokens."""

    texts: Texts
    chat: Chat
    shown: Mapping[Prompt, Inputs]

    @property
    def ways(self) -> tuple[Way, ...]:
        """How it can be asked, as ``annotate`` would first."""
        return ("narrowed", "constrained", "unconstrained") if self.shown else ("constrained", "unconstrained")

    @property
    def answer_tokens(self) -> int:
        """Tokens of all answers, with their EOS."""
        return sum(len(self.chat.answer_ids(text.completion)) + 1 for texts in self.texts.values() for text in texts)

    @property
    def prompt_tokens(self) -> int:
        """Tokens of all prompts."""
        return sum(len(self.chat.prompt_ids(text.prompt)) for texts in self.texts.values() for text in texts)

    @property
    def events(self) -> int:
        """How many prompts each step has."""
        return max(map(len, self.texts.values()))

    def sample(self, events: int) -> Work:
        """Return fewer events: of each step prompts that are evenly chosen by length, the middle one of each part."""
        return replace(self, texts={step: self._choose(texts, events) for step, texts in self.texts.items()})

    def _choose(self, texts: Sequence[TrainingText], events: int) -> list[TrainingText]:
        by_length = sorted(texts, key=lambda text: len(text.prompt.instruction) + len(text.completion))
        return [by_length[int((part + 0.5) * len(texts) / events)] for part in range(events)]


def read_source(arguments: argparse.Namespace) -> Source:
    """Return all examples of the tales, or of the prepared files: those of test, validation and training in turn."""
    if arguments.prepared:
        data = read_prepared(arguments.prepared, arguments.steps or None).steps
        return Source({name: (*step.test, *step.val, *step.train) for name, step in data.items()}, {})
    steps = load_steps().select(arguments.steps)
    beside = {"stac_dir": arguments.stac_dir, "texts_dir": arguments.texts_dir}
    config = DataConfig(**{name: tuple(folders) for name, folders in beside.items() if folders})
    with prepare(arguments.data_dir, steps, config, keep_examples=True) as preparation:
        for refusal in preparation.refusals:
            print(f"left out: {refusal}", flush=True)
        examples = {
            name: [each for split in SPLITS[::-1] for each in preparation.list_examples(name, split)]
            for name in preparation.steps
        }
    texts = {name: [each.as_text() for each in asked] for name, asked in examples.items() if asked}
    return Source(texts, {each.prompt: each.inputs for asked in examples.values() for each in asked if each.prompt})
