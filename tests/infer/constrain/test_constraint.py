"""Whatever a model would say, a constrained answer is valid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ft_core import FineTuneConfig
from ft_core.corpus.preparing import prepare
from ft_core.errors import ConstraintError
from ft_core.example import Example, dump_answer
from ft_core.infer.constrain.constraint import Constraint
from ft_core.infer.reply import Reply
from tests.infer.constrain.test_grammar import TEXT, make_cache
from tests.infer.models import NAMES, list_schemas, make_answerer, make_model, make_prompts
from tests.plugins.asking import STEPS, get_step

SAMPLES = Path(__file__).parents[3] / "core" / "ft_core" / "samples"


def check(reply: Reply, schema: Any) -> None:
    assert reply.problem is None
    answer = json.loads(reply.text)
    Draft202012Validator(schema).validate(answer)
    assert dump_answer(answer) == reply.text
    assert "\ufffd" not in reply.text


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
@pytest.mark.parametrize("step", STEPS)
def test_random_weights_give_valid_answers_at_every_cap(step: str, kind: str) -> None:
    model, chat = make_model(kind)
    schema = list_schemas()[step]
    cut = 0
    for cap in (*range(1, 24), 40, 64, 100):
        replies = make_answerer(model, chat, cap, dict.fromkeys(NAMES, schema)).ask(NAMES[cap % 2], make_prompts(4))
        for reply in replies:
            check(reply, schema)
            cut += not reply.ended
    assert cut, "no cap has cut an answer"


def list_examples(folder: Path) -> Iterator[tuple[str, list[Example]]]:
    steps = [get_step(name) for name in STEPS]
    with prepare([folder], steps, FineTuneConfig(), keep_examples=True) as preparation:
        for step in steps:
            splits = (preparation.list_examples(step.name, split) for split in ("train", "val", "test"))
            yield step.name, [example for split in splits for example in split]


def ask_all(folder: Path, *, share: int, cap: int) -> int:
    """Ask a model of random weights about every so-manieth event, and return how many answers were checked."""
    model, chat = make_model("llama", context=32_768)  # a tokenizer of 500 tokens needs two or three for a Chinese letter
    asked = 0
    for step, examples in list_examples(folder):
        schema = list_schemas()[step]
        answerer = make_answerer(model, chat, cap, dict.fromkeys(NAMES, schema))
        prompts = [example.as_text().prompt for example in examples[::share]]
        for reply in answerer.ask(NAMES[0], prompts):
            check(reply, schema)
        asked += len(prompts)
    return asked


def test_all_events_of_the_sample_tales_get_valid_answers() -> None:
    assert ask_all(SAMPLES, share=5, cap=24) > 30


@pytest.mark.corpus
def test_events_of_the_corpus_get_valid_answers(corpus: Path) -> None:
    assert ask_all(corpus, share=60, cap=16) > 30


@pytest.mark.corpus
@pytest.mark.slow
def test_all_events_of_the_corpus_get_valid_answers(corpus: Path) -> None:
    assert ask_all(corpus, share=1, cap=24) > 1500


def test_a_token_that_is_not_allowed_is_an_error() -> None:
    chat, grammars = make_cache("byte_level")
    constraint = Constraint(grammars, "moral", TEXT, [None])
    with pytest.raises(ConstraintError, match=r"Step 'moral': constrained decoding failed: "):
        constraint.take(0, chat.answer_ids("]")[0])


def test_an_answer_that_is_not_whole_cannot_end() -> None:
    chat, grammars = make_cache("byte_level")
    constraint = Constraint(grammars, "moral", TEXT, [None, None])
    for token in chat.answer_ids('{"a": "x"}'):
        constraint.take(0, token)
    assert constraint.is_over(0)
    assert not constraint.is_over(1)
    with pytest.raises(ConstraintError, match=r"Step 'moral': constrained decoding failed: "):
        constraint.take(1, chat.eos)
