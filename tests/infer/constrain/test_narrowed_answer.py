"""A narrowed answer is one that its own question allows, whatever a model would say and wherever it is cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ft_core import Example
from ft_core.corpus.preparing import prepare
from ft_core.corpus.reading.loading import load_all_annotated_stories
from ft_core.corpus.reading.samples import samples_dir
from ft_core.data_config import DataConfig
from ft_core.errors import NarrowingError
from ft_core.example import dump_answer
from ft_core.infer.constrain.constraint import Constraint
from ft_core.infer.generate.generating_answerer import GeneratingAnswerer
from tests.infer.constrain.test_grammar import TEXT, make_cache
from tests.infer.models import NAMES, make_answerer, make_model, make_prompts
from tests.plugins.asking import get_step

NARROWING = ("action", "relationship", "stac")


def list_samples(step: str) -> list[Example]:
    stories = load_all_annotated_stories(samples_dir())
    return [item for story in stories for item in get_step(step).examples(story) if isinstance(item, Example)]


def make_narrow_answerer(step: str, cap: int, kind: str = "llama") -> GeneratingAnswerer:
    model, chat = make_model(kind)
    return make_answerer(model, chat, cap, dict.fromkeys(NAMES, get_step(step).info.output_schema))


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
@pytest.mark.parametrize("step", NARROWING)
def test_random_weights_give_narrowed_answers_at_every_cap(step: str, kind: str) -> None:
    examples = list_samples(step)[::6][:6]
    schemas = [get_step(step).narrow_schema(each.inputs) for each in examples]
    assert None not in schemas
    cut = 0
    for cap in (*range(1, 20, 2), 30, 60, 100):
        replies = make_narrow_answerer(step, cap, kind).ask(NAMES[cap % 2], make_prompts(len(examples)), schemas=schemas)
        for reply, schema in zip(replies, schemas, strict=True):
            answer = json.loads(reply.text)
            Draft202012Validator(schema or {}).validate(answer)
            assert dump_answer(answer) == reply.text
            cut += not reply.ended
    assert cut, "no cap has cut an answer"


@pytest.mark.parametrize("cap", [25, 40, 60])
def test_an_answer_that_is_cut_within_a_long_sentence_is_closed(cap: int) -> None:
    schema = get_step("stac").narrow_schema({"sentences": ["狐狸向葡萄架走去" * 30 + "。", "It went home, hungry."]})
    replies = make_narrow_answerer("stac", cap).ask(NAMES[0], make_prompts(4), schemas=[schema] * 4)
    for reply in replies:
        Draft202012Validator(schema or {}).validate(json.loads(reply.text))


def test_rows_with_a_schema_of_their_own_and_rows_without_go_together() -> None:
    answerer = make_narrow_answerer("relationship", 60)
    prompts = make_prompts(3)
    schema = get_step("relationship").narrow_schema({"doers": ["狐狸"], "receivers": ['the "crow"\n']})
    free, narrowed, other = answerer.ask(NAMES[0], prompts, schemas=[None, schema, None])
    assert [free, other] == [answerer.ask(NAMES[0], prompts)[place] for place in (0, 2)]
    (tie, *_) = json.loads(narrowed.text)["relationships"]
    assert (tie["agent"], tie["target"]) == ("狐狸", 'the "crow"\n')


def test_without_constraint_schemas_do_nothing() -> None:
    answerer = make_narrow_answerer("stac", 12)
    schemas: list[Any] = [get_step("stac").narrow_schema({"sentences": ["A fox came."]})] * 2
    prompts = make_prompts(2)
    free = answerer.ask(NAMES[0], prompts, constrained=False)
    assert answerer.ask(NAMES[0], prompts, constrained=False, schemas=schemas) == free


def test_a_token_that_only_the_narrowed_schema_refuses_is_told_apart() -> None:
    chat, grammars = make_cache("byte_level")
    narrowed = TEXT | {"properties": {"a": {"const": "x"}}}
    constraint = Constraint(grammars, "moral", TEXT, [None, narrowed])
    *begun, other = chat.answer_ids('{"a": "y')
    for row, token in [(row, token) for token in begun for row in (0, 1)]:
        constraint.take(row, token)
    constraint.take(0, other)
    with pytest.raises(NarrowingError, match=r"Step 'moral': constrained decoding failed: "):
        constraint.take(1, other)


def accepts(step: str, example: Example) -> bool:
    chat, grammars = make_cache("byte_level")
    matcher = grammars.start(step, get_step(step).info.output_schema, get_step(step).narrow_schema(example.inputs))
    ids = chat.answer_ids(dump_answer(example.output))
    return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()


@pytest.mark.parametrize("step", NARROWING)
def test_every_gold_answer_of_the_sample_tales_can_be_given(step: str) -> None:
    examples = list_samples(step)
    assert len(examples) > 50
    assert [each for each in examples if not accepts(step, each)] == []


@pytest.mark.corpus
def test_every_gold_answer_of_the_corpus_can_be_given(corpus: Path) -> None:
    steps = [get_step(name) for name in NARROWING]
    refused, given, sentences, free = {}, 0, 0, 0
    with prepare([corpus], steps, DataConfig(stac_dir=(str(corpus),)), keep_examples=True) as preparation:
        for step in steps:
            splits = (preparation.list_examples(step.name, split) for split in ("train", "val", "test"))
            examples = [example for split in splits for example in split]
            given += len(examples)
            refused[step.name] = sum(not accepts(step.name, each) for each in examples)
            free += sum(step.narrow_schema(each.inputs) is None for each in examples)
            sentences += sum(len(each.output["sentences"]) for each in examples) if step.name == "stac" else 0
    assert refused == {"action": 0, "relationship": 0, "stac": 0}
    assert free == 0, "an event is not narrowed"
    assert (given > 800, sentences > 1400) == (True, True)
