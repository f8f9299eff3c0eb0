"""What the six steps narrow, of any inputs."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from ft_core import ACTION_TYPES, RELATIONSHIPS, drop_unspellable
from ft_core.corpus.preparing import prepare
from ft_core.data_config import DataConfig
from ft_core.example import dump_answer
from ft_core.infer.constrain.closing import close_answer
from ft_core.narrowing import describe_narrowing_fault
from ft_stac.clause import list_clauses
from ft_stac.narrowing import MOST_BYTES, MOST_SENTENCES, narrow_schema
from ft_stac.quoting import MOST_CHARACTERS, MOST_PARTS, MOST_REPEATS
from ft_stac.record import write_record
from ft_stac.sentence import list_sentences
from tests.infer.constrain.test_grammar import make_cache
from tests.plugins.asking import STEPS, get_step

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SEGMENTS = st.lists(
    st.one_of(
        TEXTS,
        st.sampled_from(["and ", "。", "，", "」\n「", '."', "...", "(.*)", "\\", "\x01", "\x7f", " ", "狐狸", "Fox ran, "]),
    ),
    max_size=25,
).map("".join)
INPUTS = st.fixed_dictionaries(
    {"segment": SEGMENTS, "doers": st.lists(TEXTS, max_size=4), "receivers": st.lists(TEXTS, max_size=4)}
)


RECORD: dict[str, Any] = {
    "type": "object",
    "properties": {head: {"type": "string"} for head in ("situation", "task", "action", "consequence")},
    "required": ["situation", "task", "action", "consequence"],
    "additionalProperties": False,
}
"""What other prompts let ``stac`` answer with."""


def draw_answer(step: str, schema: dict[str, Any], data: st.DataObject) -> Any:
    """An answer that constrained decoding can give: tokens are drawn among those that it allows, then it is closed."""
    import numpy as np

    _, grammars = make_cache("byte_level")
    matcher = grammars.start(step, schema)
    tokens: list[int] = []
    luck = data.draw(st.randoms(use_true_random=False))
    while len(tokens) < 60 and not matcher.is_stopped():
        allowed = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8), bitorder="little").nonzero()[0]
        token = int(luck.choice(allowed))
        assert matcher.consume_token(token), matcher.get_error()
        tokens.append(token)
    if not matcher.is_stopped():
        tokens = close_answer(matcher, grammars.vocabulary, tokens)
    text = grammars.vocabulary.decode_bytes([token for token in tokens if token != grammars.vocabulary.eos_token])
    return json.loads(text)


@pytest.mark.parametrize("step", ["action", "relationship", "stac"])
@given(inputs=INPUTS, data=st.data())
def test_what_a_question_allows_the_step_allows(step: str, inputs: dict[str, Any], data: st.DataObject) -> None:
    asked = {**inputs, "sentences": list_sentences(drop_unspellable(inputs["segment"]))}
    assume(step != "stac" or asked["sentences"])
    schema = get_step(step).narrow_schema(asked)
    assert schema is not None
    answer = draw_answer(step, schema, data)
    assert Draft202012Validator(schema).is_valid(answer)
    assert Draft202012Validator(dict(get_step(step).info.output_schema)).is_valid(answer)


@given(segment=SEGMENTS, data=st.data())
def test_a_narrowed_record_fits_the_schema_of_records(segment: str, data: st.DataObject) -> None:
    schema = narrow_schema(deepcopy(RECORD), {"segment": segment})
    assume(schema is not None)
    assert schema is not None
    assert describe_narrowing_fault(schema, RECORD) is None
    assert Draft202012Validator(RECORD).is_valid(draw_answer("stac", schema, data))


def test_an_answer_about_stac_goes_through_the_sentences_of_the_segment_in_their_order() -> None:
    sentences = ["He ran.", "「痛い。」", "He ran."]
    validator = Draft202012Validator(get_step("stac").narrow_schema({"sentences": sentences}) or {})

    def allows(*texts: str, head: str = "action") -> bool:
        return validator.is_valid({"sentences": [{"text": text, "head": head} for text in texts]})

    assert allows(*sentences)
    assert allows(*sentences, head="none")
    assert not allows(*sentences, head="outcome")
    assert not allows(*sentences[:2])
    assert not allows("He ran.", "He ran.", "「痛い。」")
    assert not allows(*sentences, "He ran.")
    assert not allows()


@pytest.mark.parametrize("step", sorted({*STEPS} - {"action", "relationship", "stac"}))
def test_steps_whose_answers_are_not_in_their_inputs_are_not_narrowed(step: str) -> None:
    assert get_step(step).narrow_schema({"segment": "A fox came.", "doers": ["fox"], "receivers": ["crow"]}) is None


def test_an_action_has_a_type_of_its_category_only() -> None:
    validator = Draft202012Validator(get_step("action").narrow_schema({}) or {})
    types = [each for family in ACTION_TYPES.values() for each in family]
    blank = {"context": "", "status": "", "function": ""}
    allowed = [(c, t) for c in ACTION_TYPES for t in types if validator.is_valid({"category": c, "type": t, **blank})]
    assert allowed == [(c, t) for c, family in ACTION_TYPES.items() for t in family]


def test_a_tie_is_between_those_who_are_named_and_of_one_family() -> None:
    step, inputs = get_step("relationship"), {"doers": ["狐狸", 'a"b\\', "狐狸", "x\x01y"], "receivers": ["(.*)"]}
    validator = Draft202012Validator(step.narrow_schema(inputs) or {})
    tie = {
        "agent": "狐狸",
        "target": "(.*)",
        "relationship_level1": "Romance",
        "relationship_level2": "lover",
        "sentiment": "fearful",
    }

    def allows(**changes: str) -> bool:
        return validator.is_valid({"relationships": [tie | changes]})

    assert allows()
    assert allows(agent='a"b\\')
    assert not allows(agent="crow")
    assert not allows(agent="x\x01y"), "an answer cannot spell it"
    assert not allows(target="anything")
    assert not allows(relationship_level2="ally")
    kinds = [
        (f, k)
        for f in RELATIONSHIPS
        for kinds in RELATIONSHIPS.values()
        for k in kinds
        if allows(relationship_level1=f, relationship_level2=k)
    ]
    assert kinds == [(family, kind) for family, kinds in RELATIONSHIPS.items() for kind in kinds]


def test_names_that_no_answer_can_spell_leave_the_field_as_it_is() -> None:
    schema = get_step("relationship").narrow_schema({"doers": ["\x01"], "receivers": []})
    assert schema is not None
    ties = [branch["properties"] for branch in schema["properties"]["relationships"]["items"]["anyOf"]]
    assert all(tie["agent"] == tie["target"] == {"type": "string"} for tie in ties)


def quotes(segment: str, text: str) -> bool:
    schema = narrow_schema(deepcopy(RECORD), {"segment": segment})
    assert schema is not None
    return bool(re.search(schema["properties"]["task"]["pattern"], text))


@pytest.mark.parametrize(
    "text",
    [
        "", "He ran,", "He ran", "fell down", "and fell down.", "He ran, and fell down.\n「痛い。」と言いました。", "「痛い。」", "痛い",
        "He ran, 「痛い。」", "He ran,「痛い。」", "「痛い。」と言いました", 'Ali said (softly): "1 + 1 = 2?"', "1 + 1 = 2?",
    ],
)  # fmt: skip
def test_a_head_quotes_clauses_in_their_order(text: str) -> None:
    assert quotes('He ran, and fell down.\n「痛い。」と言いました。\nAli said (softly): "1 + 1 = 2?"', text)


@pytest.mark.parametrize(
    "text", ["fell", "He fell down.", "fell down. He ran,", "He  ran", "He ran, He ran,", " ", "1 1 = 2", "痛"]
)
def test_a_head_holds_nothing_else(text: str) -> None:
    assert not quotes('He ran, and fell down.\n「痛い。」と言いました。\nAli said (softly): "1 + 1 = 2?"', text)


@pytest.mark.corpus
def test_every_record_of_the_corpus_quotes_clauses(corpus: Path) -> None:
    texts = []
    with prepare([corpus], [get_step("stac")], DataConfig(stac_dir=(str(corpus),)), keep_examples=True) as preparation:
        for split in ("train", "val", "test"):
            for example in preparation.list_examples("stac", split):
                segment = example.inputs["segment"]
                joint = "" if re.search("[\u3040-\u30ff\u4e00-\u9fff]", segment) else " "
                texts += [(segment, text) for text in write_record(example.output, segment, joint).values() if text]
    assert len(texts) > 500
    assert [text for segment, text in texts if not quotes(segment, text)] == []


@given(SEGMENTS)
def test_the_clauses_of_a_segment_are_all_of_it(segment: str) -> None:
    clauses = list_clauses(segment)
    assert "".join(each.opening + each.text + each.closing + each.gap for each in clauses) == segment.strip()
    assert all(len(each.text) <= 200 for each in clauses)


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        ("木兰。" * MOST_REPEATS, "木兰。" * (MOST_REPEATS + 1)),
        ("".join(f"{n}，" for n in range(MOST_PARTS // 2)), "".join(f"{n}，" for n in range(MOST_PARTS // 2 + 1))),
        ("木" * MOST_CHARACTERS, "木" * (MOST_CHARACTERS + 1)),
    ],
)
def test_a_record_of_a_segment_of_too_much_is_not_held_to_its_words(within: str, beyond: str) -> None:
    assert narrow_schema(deepcopy(RECORD), {"segment": within}) is not None
    assert narrow_schema(deepcopy(RECORD), {"segment": beyond}) is None


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        (["木兰。"] * MOST_SENTENCES, ["木兰。"] * (MOST_SENTENCES + 1)),
        ([f"{n}。" for n in range(MOST_SENTENCES)], [f"{n}。" for n in range(MOST_SENTENCES + 1)]),
        (["木" * ((MOST_BYTES - 2) // 3)], ["木" * (MOST_BYTES // 3)]),
        (["𠀀" * 24 + "a" * 2] * MOST_SENTENCES, ["𠀀" * 25] * MOST_SENTENCES),
    ],
)
def test_what_is_narrowed_can_be_followed_and_closed(within: list[str], beyond: list[str]) -> None:
    step = get_step("stac")
    schema = step.narrow_schema({"sentences": within})
    assert schema is not None
    chat, grammars = make_cache("byte_level")
    matcher = grammars.start("stac", step.info.output_schema, schema)
    answer = {"sentences": [{"text": text, "head": "action"} for text in within]}
    ids = chat.answer_ids(dump_answer(answer))
    assert matcher.consume_tokens(ids)
    assert matcher.is_accepting()
    begun = chat.answer_ids(dump_answer({"sentences": answer["sentences"][:1]}).removesuffix("]}"))
    matcher = grammars.start("stac", step.info.output_schema, schema)
    assert matcher.consume_tokens(begun)
    closed = json.loads(grammars.vocabulary.decode_bytes(close_answer(matcher, grammars.vocabulary, begun)))
    assert [each["head"] for each in closed["sentences"]] == ["action"] + ["none"] * (len(within) - 1)
    assert step.narrow_schema({"sentences": beyond}) is None


@pytest.mark.parametrize("segment", ["", " \n", "\x01"])
def test_a_record_of_a_segment_without_words_is_not_narrowed(segment: str) -> None:
    assert narrow_schema(deepcopy(RECORD), {"segment": segment}) is None
