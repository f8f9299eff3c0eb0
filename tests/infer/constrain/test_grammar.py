from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from ft_core.engine.chat import Chat
from ft_core.errors import ConstraintError
from ft_core.example import dump_answer
from ft_core.infer.constrain.constraint import Constraint
from ft_core.infer.constrain.grammar import GrammarCache
from tests.engine.bases import CHATML, LLAMA_2, SENTENCE_MARKS, byte_level, chatml_tokenizer, sentence_pieces
from tests.infer.models import list_schemas

TEXT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


PIECES = ["<|im_start|>", "<|im_end|>", *sorted(pre_tokenizers.ByteLevel.alphabet()), "ĠĠ"]


@cache
def make_cache(kind: str) -> tuple[Chat, GrammarCache]:
    tokenizer = (
        chatml_tokenizer() if kind == "byte_level" else sentence_pieces(["<s>", "</s>"], LLAMA_2, scheme=kind, **SENTENCE_MARKS)
    )
    chat = Chat(tokenizer)
    return chat, GrammarCache(chat, len(tokenizer))


def accepts(schema: Any, text: str, kind: str = "byte_level") -> bool:
    """Whether a text, in the tokens that training has, is a whole answer."""
    chat, grammars = make_cache(kind)
    matcher = grammars.start("step", schema)
    ids = chat.answer_ids(text)
    return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()


def make_answer(schema: Any, string: str, place: int) -> Any:
    """An answer of a schema, with a string wherever it is free to say something."""
    if "enum" in schema:
        return schema["enum"][place % len(schema["enum"])]
    if schema["type"] == "string":
        return string
    if schema["type"] == "array":
        return [make_answer(schema["items"], string, place) for _ in range(max(place % 3, schema.get("minItems", 0)))]
    return {name: make_answer(each, string, place) for name, each in schema["properties"].items()}


@pytest.mark.parametrize("kind", ["byte_level", "first", "always", "never", "normalizer"])
@pytest.mark.parametrize("step", list_schemas())
@pytest.mark.parametrize("string", ["", "狐狸说：“你好。”", "きつね", 'He said "no" \\ and\nleft\t/ 😀', "a" * 300])
def test_what_training_spells_can_be_answered(kind: str, step: str, string: str) -> None:
    schema = list_schemas()[step]
    for place in range(40):
        assert accepts(schema, dump_answer(make_answer(schema, string, place)), kind)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_every_text_without_control_characters_can_be_answered(text: str) -> None:
    assert accepts(TEXT, dump_answer({"a": text}))


@pytest.mark.parametrize(
    "spelling",
    [
        '{"a":""}',
        '{"a": ""} ',
        '{ "a": ""}',
        '{"a": "\\u72d0"}',
        '{"a": "\\/"}',
        '{"a": "line\nbreak"}',
        '{"a": ""',
        '{"a": "", "a": ""}',
        '{"b": ""}',
        '{"a": null}',
        "",
    ],
)
def test_no_other_spelling_can_be_answered(spelling: str) -> None:
    assert not accepts(TEXT, spelling)


def test_where_one_text_alone_can_follow_it_can_be_cut_into_tokens_as_training_cuts_it() -> None:
    tokenizer = Tokenizer(models.BPE({piece: number for number, piece in enumerate(PIECES)}, [("Ġ", "Ġ")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    chat = Chat(PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", chat_template=CHATML))  # noqa: S106
    grammars = GrammarCache(chat, len(chat.tokenizer))
    schema = {**TEXT, "properties": {"a": {"type": "string", "pattern": "^a    (?:b|c)$"}}}
    ids = chat.answer_ids('{"a": "a    b"}')
    assert chat.tokenizer.convert_ids_to_tokens(ids)[7:12] == ["a", "ĠĠ", "Ġ", "Ġ", "b"], "the last blank goes with the word"
    constraint = Constraint(grammars, "step", schema, [None])
    for token in ids:
        mask = constraint.fill_masks([0])[0]
        assert int(mask[token // 32]) >> (token % 32) & 1
        constraint.take(0, token)
    assert constraint.is_over(0)


def test_keys_come_in_the_order_of_the_schema_and_lists_are_closed() -> None:
    schema = list_schemas()["action"]
    answer = make_answer(schema, "", 0)
    assert accepts(schema, dump_answer(answer))
    assert not accepts(schema, dump_answer(dict(reversed(answer.items()))))
    assert not accepts(schema, dump_answer({**answer, "type": "eat"}))
    assert not accepts(schema, dump_answer({**answer, "type": ""}))
    assert accepts(schema, dump_answer({**answer, "status": ""}))
    assert not accepts(list_schemas()["relationship"], '{"relationships": []}')


def test_an_added_token_is_no_part_of_an_answer_though_its_text_is() -> None:
    tokenizer = byte_level(["<|endoftext|>", "<|im_start|>", "<|im_end|>"], CHATML)
    tokenizer.add_tokens([AddedToken("<think>", special=False)])
    chat = Chat(tokenizer)
    grammars = GrammarCache(chat, len(tokenizer))
    matcher = grammars.start("step", TEXT)
    assert matcher.consume_tokens(chat.answer_ids('{"a": "'))
    assert matcher.validate_tokens([tokenizer.convert_tokens_to_ids("<think>")]) == 0
    assert matcher.validate_tokens([tokenizer.convert_tokens_to_ids("<|im_start|>")]) == 0
    assert matcher.consume_tokens(chat.answer_ids('<think>"}'))
    assert matcher.is_accepting()


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("if", {}), ("not", {}), ("dependentRequired", {"a": ["b"]}), ("unevaluatedProperties", False)],
)
def test_a_keyword_that_a_grammar_cannot_express_is_an_error_that_names_step_and_keyword(keyword: str, value: Any) -> None:
    _, grammars = make_cache("byte_level")
    with pytest.raises(ConstraintError, match=rf"Step 'moral': constrained decoding cannot follow .*\"{keyword}\".* or ask"):
        grammars.start("moral", {**TEXT, keyword: value})


def test_a_schema_is_compiled_once_and_answers_do_not_share_their_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(chatml_tokenizer())
    grammars = GrammarCache(chat, len(chat.tokenizer))
    compiled: list[str] = []
    compile_grammar = GrammarCache._compile

    def count(self: GrammarCache, step: str, schema: Any, *, narrowed: bool) -> Any:
        compiled.append(step)
        return compile_grammar(self, step, schema, narrowed=narrowed)

    monkeypatch.setattr(GrammarCache, "_compile", count)
    first, second = (grammars.start("step", json.loads(json.dumps(TEXT))) for _ in range(2))
    assert compiled == ["step"]
    assert first.consume_tokens(chat.answer_ids('{"a": "x"}'))
    assert second.consume_tokens(chat.answer_ids('{"a": "y"}'))
    reordered = {"type": "object", "properties": {"b": {"type": "string"}, "a": {"type": "string"}}}
    grammars.start("step", reordered)
    grammars.start("step", {**reordered, "properties": dict(sorted(reordered["properties"].items()))})
    assert len(compiled) == 3, "the order of properties is the order of keys"
