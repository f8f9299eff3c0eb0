from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core.errors import ConstraintError
from ft_core.example import dump_answer
from ft_core.infer.constrain.closing import close_answer
from ft_core.schema import SchemaCheck
from tests.infer.constrain.test_grammar import TEXT, make_answer, make_cache
from tests.infer.models import list_schemas

SCHEMAS = list_schemas()
CHECKS = {step: SchemaCheck(schema) for step, schema in SCHEMAS.items()}


def close(schema: Any, text: str, tokens: int | None = None, kind: str = "byte_level") -> str:
    """What a text is closed to after its first tokens."""
    chat, grammars = make_cache(kind)
    matcher = grammars.start("step", schema)
    ids = chat.answer_ids(text)[:tokens]
    assert matcher.consume_tokens(ids)
    return bytes(grammars.vocabulary.decode_bytes(close_answer(matcher, grammars.vocabulary, ids))).decode().removeprefix(" ")


@given(
    step=st.sampled_from(sorted(SCHEMAS)),
    string=st.text(st.sampled_from('狐き"\\\n aé😀'), max_size=8),
    place=st.integers(0, 40),
    tokens=st.integers(0, 80),
    kind=st.sampled_from(["byte_level", "always", "never", "normalizer"]),
)
@settings(deadline=None, max_examples=200)
def test_an_answer_that_is_cut_anywhere_is_closed_as_its_schema_asks(
    step: str, string: str, place: int, tokens: int, kind: str
) -> None:
    text = dump_answer(make_answer(SCHEMAS[step], string, place))
    closed = close(SCHEMAS[step], text, tokens, kind)

    answer = json.loads(closed)
    assert CHECKS[step](answer) == []
    assert dump_answer(answer) == closed


def test_what_the_model_has_said_stays_and_the_rest_is_as_empty_as_it_may_be() -> None:
    text = '{"event_type": "LACK", "description_general": "it'
    assert close(SCHEMAS["event_type"], text) == text + '", "description_specific": ""}'


def test_a_label_that_the_model_has_not_said_is_one_of_nothing_where_there_is_one() -> None:
    text = '{"sentences": [{"text": "A fox ate'
    assert close(SCHEMAS["stac"], text) == text + '", "head": "none"}]}'


@pytest.mark.parametrize("kind", ["byte_level", "always", "never", "normalizer"])
@pytest.mark.parametrize("labels", [["never", "none"], ["wet", "nasty", "none"]])
def test_a_label_of_nothing_is_told_from_those_that_begin_like_it(kind: str, labels: list[str]) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": labels}}, "required": ["a"]}
    assert close(schema, '{"a": ', kind=kind) == '{"a": "none"}'


def test_a_character_of_which_only_some_bytes_are_there_is_given_up() -> None:
    chat, grammars = make_cache("byte_level")
    whole = chat.answer_ids('{"a": "é')
    assert len(chat.answer_ids("é")) == 2
    matcher = grammars.start("step", TEXT)
    assert matcher.consume_tokens(whole[:-1])
    closed = close_answer(matcher, grammars.vocabulary, whole[:-1])
    assert chat.tokenizer.decode(closed) == '{"a": ""}'


def test_a_whole_answer_is_left_as_it_is() -> None:
    assert close(TEXT, '{"a": "x"}') == '{"a": "x"}'


@pytest.mark.parametrize(
    ("value", "closed"),
    [
        ({"type": "integer"}, "0"),
        ({"type": "number"}, "0"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, '["", ""]'),
        ({"type": "string", "minLength": 2}, None),
        ({"type": ["string", "null"]}, '""'),
        ({"anyOf": [{"const": True}, {"const": False}]}, None),
    ],
)
def test_values_of_other_kinds_are_closed_too(value: Any, closed: str | None) -> None:
    schema = {"type": "object", "properties": {"a": value, "b": {"type": "string"}}, "required": ["a", "b"]}
    text = close(schema, "{")

    assert SchemaCheck(schema)(json.loads(text)) == []
    assert closed is None or text == f'{{"a": {closed}, "b": ""}}'


def test_a_schema_without_short_answers_is_an_error() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "minLength": 100_000}}, "required": ["a"]}
    with pytest.raises(
        ConstraintError, match=r"could not be closed within 16384 tokens. Its output_schema has no short answers"
    ):
        close(schema, '{"a": "')
