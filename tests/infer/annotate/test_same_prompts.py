"""Training and annotating ask the same: the same prompts and token ids for the same state of a tale, for every step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ft_core import Example, FineTuneConfig, Prompt, Skipped, Story
from ft_core.corpus.chosen_tale import read_chosen_tales
from ft_core.corpus.prepared_tale import Telling
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir
from ft_core.data_config import DataConfig
from ft_core.engine.chat import Chat
from ft_core.engine.rows import make_rows
from ft_core.example import dump_answer
from ft_core.infer.pipeline.clearing import clear_event
from ft_core.infer.pipeline.run import run_pipeline
from ft_core.infer.reply import Reply
from tests.engine.bases import chatml_tokenizer
from tests.plugins.asking import STEPS, get_step

BESIDE = dict.fromkeys(STEPS, ("summary",)) | {"event_type": ("summary", "stac")}
"""What lies beside the tales and is shown in prompts."""


class Annotators:
    """Answer as they did; where they did not, there is no valid answer, and the tale stays as it is."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.answers: defaultdict[Prompt, list[str]] = defaultdict(list)
        for example in examples:
            assert example.prompt
            self.answers[example.prompt].append(dump_answer(example.output))

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        return [Reply(self.answers[prompt].pop(0) if self.answers[prompt] else "") for prompt in prompts]


def check_story(name: str, story: Story, items: Sequence[Example | Skipped], chat: Chat) -> list[Example]:
    """Ask again about a tale what was prepared of it; return the examples, whose prompts and tokens were the same."""
    step = get_step(name)
    examples = [item for item in items if isinstance(item, Example)]
    annotated = {example.event_id for example in examples}
    growing = deepcopy(story)
    for event in growing.events:
        if event.id in annotated:
            clear_event(event, step)
    results = run_pipeline([step], [growing], Annotators(examples))
    asked = [each for each in results if each.judgement and each.event_id in annotated]
    prompts = [step.build_prompt(each.inputs or {}) for each in asked]
    assert [each.event_id for each in asked] == [example.event_id for example in examples]
    assert prompts == [example.prompt for example in examples]
    rows = make_rows(chat, name, [example.as_text() for example in examples], FineTuneConfig(), None).rows
    assert [tuple(chat.prompt_ids(prompt)) for prompt in prompts] == [row.input_ids[: row.prompt_length] for row in rows]
    return examples


@cache
def prepare_corpus(corpus: Path) -> list[Telling]:
    """Prepare the tales of the corpus with the STAC records of their sidecars and with their summaries."""
    config = DataConfig(stac_dir=(str(corpus),), summaries=(str(corpus / "story_summaries.csv"),))
    steps = [get_step(name) for name in STEPS]
    return read_chosen_tales([corpus], steps, config, lambda cards: {card.story_id for card in cards}).tellings


@pytest.mark.parametrize("step", STEPS)
def test_the_sample_tales_are_asked_about_as_they_are_trained_on(step: str) -> None:
    chat = Chat(chatml_tokenizer())
    stories = read_tales([samples_dir()]).stories
    asked = [check_story(step, story, list(get_step(step).examples(story)), chat) for story in stories]
    assert any(asked)


@pytest.mark.corpus
@pytest.mark.parametrize("step", STEPS)
def test_the_corpus_is_asked_about_as_it_is_trained_on(step: str, corpus: Path) -> None:
    chat = Chat(chatml_tokenizer())
    tellings = prepare_corpus(corpus)
    examples = [each for told in tellings for each in check_story(step, told.story, told.items[step], chat)]
    unseen = [name for name in BESIDE[step] if not any(example.inputs[name] for example in examples)]
    assert (unseen, len(examples) > 200) == ([], True)
