"""A model that sees the nearest tokens only answers from a shared beginning as it does from whole prompts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoConfig, AutoModelForCausalLM, Gemma3Config, Gemma3ForConditionalGeneration

from ft_core.infer.generate import generating_answerer
from ft_core.infer.generate.attention import attending_to_prefix
from ft_core.infer.generate.condition import can_share_prefix
from ft_core.infer.generate.prefix import PrefixStore
from ft_core.infer.generate.row_batch import RowBatch
from ft_core.infer.generate.sight import Sight
from tests.engine.pack.double import KINDS, SHAPE, SLIDING, compute_in_double
from tests.infer.models import NAMES, generate_alone, make_answerer, make_prompts, make_sliding_model
from tests.plugins.asking import get_step

CAP = 24
VOCABULARY = 97


@pytest.fixture(autouse=True, scope="module")
def in_double() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        compute_in_double(patch)
        yield


@cache
def make_base(kind: str, window: int) -> Any:
    """A tiny base in double precision whose attention is far from even, so that every token that is seen counts."""
    make_config, make, changes = KINDS[kind]
    shape = SHAPE | {"num_hidden_layers": 3, "vocab_size": VOCABULARY, "pad_token_id": 0, "initializer_range": 0.3}
    torch.manual_seed(1)
    return make(make_config(**shape | changes | {"sliding_window": window})).double().eval()


@dataclass(frozen=True)
class Asked:
    """How many tokens prompts share and have of their own, how many are answered, and which row ends after two of them."""

    shared: int
    rests: Sequence[int]
    more: int
    dropped: int | None = None

    def draw(self) -> tuple[list[list[int]], list[list[int]]]:
        """Return the prompts and the answers."""
        torch.manual_seed(5)
        prefix, answers = draw(1, self.shared)[0], draw(len(self.rests), self.more)
        # The first own token of each row is another one, so that no more is shared.
        prompts = [[*prefix, 3 + row, *draw(1, rest - 1)[0]] for row, rest in enumerate(self.rests)]
        return prompts, answers


def draw(rows: int, tokens: int) -> list[list[int]]:
    ids: list[list[int]] = torch.randint(3, VOCABULARY, (rows, tokens)).tolist()
    return ids


@torch.inference_mode()
def worst_difference(model: Any, asked: Asked) -> float:
    """The largest difference of any logit from that of the whole row alone."""
    prompts, more = asked.draw()
    whole = [model(input_ids=torch.tensor([[*prompt, *rest]])).logits[0] for prompt, rest in zip(prompts, more, strict=True)]
    rows = list(range(len(prompts)))
    with attending_to_prefix(model):
        assert can_share_prefix(model)
        prefix = PrefixStore(model).find(None, prompts)
        batch = RowBatch(model, prefix, [prompt[len(prefix.ids) :] for prompt in prompts], asked.more)
        found = [batch.begin()]
        expected = [torch.stack([whole[row][len(prompts[row]) - 1] for row in rows])]
        for step in range(asked.more):
            if step == 2 and asked.dropped is not None and len(rows) > 1:
                rows = [rows[place] for place in batch.keep([place for place in range(len(rows)) if place != asked.dropped])]
            found.append(batch.advance([more[row][step] for row in rows]))
            expected.append(torch.stack([whole[row][len(prompts[row]) + step] for row in rows]))
    return float((torch.cat(found) - torch.cat(expected)).abs().max())


@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(SLIDING),
    window=st.integers(1, 9),
    asked=st.builds(
        Asked,
        st.integers(1, 14),
        st.lists(st.integers(1, 12), min_size=1, max_size=4),
        st.integers(1, 10),
        st.none() | st.integers(0, 1),
    ),
)
def test_logits_are_those_of_whole_rows(kind: str, window: int, asked: Asked) -> None:
    assert worst_difference(make_base(kind, window), asked) < 1e-9


def test_logits_are_those_of_whole_rows_where_these_have_outgrown_the_beginning() -> None:
    for kind in SLIDING:
        assert worst_difference(make_base(kind, 4), Asked(9, [1, 3, 12], 12, dropped=0)) < 1e-9


@pytest.mark.parametrize("kind", SLIDING)
def test_a_beginning_that_is_held_goes_on_under_the_window(kind: str) -> None:
    model, (ids,) = make_base(kind, 4), draw(1, 20)
    with torch.inference_mode(), attending_to_prefix(model):
        store = PrefixStore(model)
        for shared in (7, 16):
            prompts = [[*ids[:shared], 1], [*ids[:shared], 2]]
            held, fresh = store.find(None, prompts), PrefixStore(model).find(None, prompts)
            assert len(held.ids) == shared
            torch.testing.assert_close(held.layers, fresh.layers, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("off", [-1, 1, 100])
@pytest.mark.parametrize("asked", [Asked(12, [1, 1], 3), Asked(12, [2, 7], 0), Asked(3, [1, 3], 4)], ids=str)
@pytest.mark.parametrize("kind", SLIDING)
def test_a_wrong_window_is_seen_in_the_logits(kind: str, asked: Asked, off: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def misread(sight: Sight, layer: int, window: int | None) -> Any:
        return look(sight, layer, window and window + off)

    look = Sight.look
    assert worst_difference(make_base(kind, 5), asked) < 1e-9
    monkeypatch.setattr(Sight, "look", misread)
    assert worst_difference(make_base(kind, 5), asked) > 1e-4


@pytest.mark.parametrize("window", [16, 60, 4000])
@pytest.mark.parametrize("kind", SLIDING)
def test_a_batch_answers_as_transformers_does_one_at_a_time_with_each_adapter_and_without(kind: str, window: int) -> None:
    model, chat = make_sliding_model(kind, window)
    prompts = make_prompts(7)
    answerer = make_answerer(model, chat, CAP)
    told = []
    for name in NAMES:
        texts = [reply.text for reply in answerer.ask(name, prompts, constrained=False)]
        model.set_adapter(name)
        assert texts == [generate_alone(model, chat, prompt, CAP, use_cache=True) for prompt in prompts]
        told.append(texts)
    told.append([reply.text for reply in answerer.ask(NAMES[0], prompts, adapter=False, constrained=False)])
    with model.disable_adapter():
        assert told[-1] == [generate_alone(model, chat, prompt, CAP, use_cache=False) for prompt in prompts]
    assert told[0] != told[1] != told[2] != told[0]


@pytest.mark.parametrize("kind", SLIDING)
def test_constrained_answers_are_those_from_whole_prompts(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, chat = make_sliding_model(kind, 24)
    prompts = make_prompts(6)
    shared = make_answerer(model, chat, CAP).ask(NAMES[1], prompts)
    monkeypatch.setattr(generating_answerer, "can_share_prefix", lambda _: False)
    whole = make_answerer(model, chat, CAP).ask(NAMES[1], prompts)
    assert [reply.text for reply in shared] == [reply.text for reply in whole]
    assert [reply.confidence for reply in shared] == pytest.approx([reply.confidence for reply in whole])
    for reply in shared:
        jsonschema.validate(json.loads(reply.text), get_step("action").info.output_schema)


@pytest.mark.parametrize("kind", SLIDING)
def test_the_beginning_is_read_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, chat = make_sliding_model(kind, 24)
    prompts = make_prompts(6)
    read: list[tuple[int, ...]] = []
    forward = type(model).forward

    def count(self: Any, **inputs: Any) -> Any:
        read.append(tuple(inputs["input_ids"].shape))
        return forward(self, **inputs)

    monkeypatch.setattr(type(model), "forward", count)
    make_answerer(model, chat, CAP).ask(NAMES[0], prompts, constrained=False)
    shared = read[1][1]
    assert read[:2] == [(1, 1), (1, shared)]
    assert shared > 24
    assert max(columns for _, columns in read[2:]) == max(len(chat.prompt_ids(prompt)) for prompt in prompts) - shared


def test_the_text_of_a_model_that_sees_images_too_is_shared() -> None:
    text = SHAPE | KINDS["gemma3"][2] | {"vocab_size": VOCABULARY, "pad_token_id": 0, "num_hidden_layers": 3}
    seeing = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "image_size": 8, "patch_size": 4}
    model = Gemma3ForConditionalGeneration(Gemma3Config(text_config=text, vision_config=seeing, mm_tokens_per_image=4))
    for weights in model.get_decoder().parameters():
        if weights.dim() > 1:
            torch.nn.init.normal_(weights, std=0.3)
    assert worst_difference(model.double().eval(), Asked(9, [1, 3, 12], 12, dropped=0)) < 1e-9


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("gemma2", {"sliding_window": 8}),
        ("gemma3_text", {"sliding_window": 8, "use_bidirectional_attention": True}),
        ("cohere2", {"sliding_window": 8}),
        ("llama4_text", {"attention_chunk_size": 8, "intermediate_size_mlp": 64, "num_local_experts": 2}),
        ("gpt_oss", {"sliding_window": 8, "num_local_experts": 2}),
    ],
)
def test_what_attends_in_a_way_of_its_own_does_not_share(kind: str, changes: dict[str, Any]) -> None:
    config = AutoConfig.for_model(kind, **SHAPE | {"vocab_size": VOCABULARY, "pad_token_id": 0, "head_dim": 8} | changes)
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.inference_mode(), attending_to_prefix(model):
        assert not can_share_prefix(model)


@pytest.mark.parametrize("window", [None, 6])
def test_a_layer_that_tells_another_window_than_the_configuration_does_not_share(window: int | None) -> None:
    model = make_base.__wrapped__("gemma3", 5)
    layer = model.model.layers[0].self_attn
    with torch.inference_mode(), attending_to_prefix(model):
        assert can_share_prefix(model)
        layer.sliding_window = window
        assert not can_share_prefix(model)


def test_products_that_are_capped_are_not_ours_even_without_windows() -> None:
    shape = SHAPE | {"vocab_size": VOCABULARY, "head_dim": 8, "layer_types": ["full_attention"] * 2}
    with torch.inference_mode():
        for cap, shares in ((50.0, False), (None, True)):
            model = AutoModelForCausalLM.from_config(AutoConfig.for_model("gemma2", **shape, attn_logit_softcapping=cap)).eval()
            with attending_to_prefix(model):
                assert can_share_prefix(model) is shares
