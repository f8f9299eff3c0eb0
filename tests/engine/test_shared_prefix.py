"""Rows that share the prompt's beginning learn exactly what they would learn alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM
from transformers.models.llama import modeling_llama
from transformers.models.qwen2 import modeling_qwen2

from ft_core.engine import shared_prefix
from ft_core.engine.shared_prefix import (
    attending_to_prefix,
    common_prefix,
    fit_rows,
    pack_rows,
    say_why_not,
    summed_loss,
)

SHAPE = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
KINDS = {"llama": (LlamaConfig, LlamaForCausalLM), "qwen2": (Qwen2Config, Qwen2ForCausalLM)}
PREFIX = [5, 9, 2, 7, 7, 1, 30, 12]
ROWS = [[*PREFIX, 40, 41, 50, 51, 52], [*PREFIX, 42, 60, 61], [*PREFIX, 43, 44, 45, 70, 71, 72, 73]]
PROMPTS = [10, 9, 11]


@pytest.fixture(autouse=True)
def norms_in_double(monkeypatch: pytest.MonkeyPatch) -> None:
    """The models' norms compute in single precision whatever the weights are; here that would hide what is looked for."""

    def forward(self: torch.nn.Module, hidden: torch.Tensor) -> torch.Tensor:
        return self.weight * hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self.variance_epsilon)

    monkeypatch.setattr(modeling_llama.LlamaRMSNorm, "forward", forward)
    monkeypatch.setattr(modeling_qwen2.Qwen2RMSNorm, "forward", forward)


@pytest.fixture(params=KINDS)
def model(request: pytest.FixtureRequest) -> PeftModel:
    make_config, make_model = KINDS[request.param]
    torch.manual_seed(0)
    base = make_model(make_config(**SHAPE))
    return get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)).double()


def gradients(model: PeftModel, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def separate_loss(model: PeftModel) -> torch.Tensor:
    losses = []
    for row, prompt in zip(ROWS, PROMPTS, strict=True):
        logits = model(input_ids=torch.tensor([row]), use_cache=False).logits[0, prompt - 1 : -1]
        losses.append(torch.nn.functional.cross_entropy(logits, torch.tensor(row[prompt:]), reduction="sum"))
    return torch.stack(losses).sum()


def worst_difference(model: PeftModel) -> float:
    alone = gradients(model, separate_loss(model))
    with attending_to_prefix(model):
        shared = gradients(model, summed_loss(model, pack_rows(ROWS, PROMPTS)))
    assert alone.keys() == shared.keys()
    return max(float((alone[name] - shared[name]).norm() / alone[name].norm()) for name in alone)


def test_a_pack_has_the_gradients_of_its_separate_rows(model: PeftModel) -> None:
    assert worst_difference(model) < 1e-6  # rotary embeddings are computed in single precision


def test_a_wrong_mask_shows(model: PeftModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def leak(*arguments: object) -> Iterator[torch.Tensor]:
        query, key, value, _, scaling = arguments
        yield torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True, scale=scaling)

    monkeypatch.setattr(shared_prefix, "_attend_parts", leak)
    assert worst_difference(model) > 1e-3


def test_wrong_positions_show(model: PeftModel, monkeypatch: pytest.MonkeyPatch) -> None:
    right = shared_prefix.pack_rows

    def shifted(*arguments: object) -> shared_prefix.Pack:
        pack = right(*arguments)
        pack.position_ids[0, pack.prefix :] += 1
        return pack

    monkeypatch.setitem(globals(), "pack_rows", shifted)
    assert worst_difference(model) > 1e-3


def test_the_models_own_attention_is_back_afterwards(model: PeftModel) -> None:
    before = model.config._attn_implementation
    with attending_to_prefix(model):
        logits = model(input_ids=torch.tensor([ROWS[0]]), use_cache=False).logits
    assert model.config._attn_implementation == before
    torch.testing.assert_close(logits, model(input_ids=torch.tensor([ROWS[0]]), use_cache=False).logits)


rows_of_ids = st.lists(
    st.tuples(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.lists(st.integers(0, 3), min_size=1, max_size=4)),
    min_size=1,
    max_size=5,
)


@given(rows_of_ids)
def test_a_pack_holds_every_row_once_and_learns_its_answer_only(drawn: list[tuple[list[int], list[int]]]) -> None:
    rows = [prompt + answer for prompt, answer in drawn]
    pack = pack_rows(rows, [len(prompt) for prompt, _ in drawn])
    ids, positions = pack.input_ids[0].tolist(), pack.position_ids[0].tolist()
    start = pack.prefix
    for row, length in zip(rows, pack.suffixes, strict=True):
        assert ids[: pack.prefix] + ids[start : start + length] == row
        assert positions[: pack.prefix] + positions[start : start + length] == list(range(len(row)))
        start += length
    assert start == len(ids)
    assert pack.targets.tolist() == [token for _, answer in drawn for token in answer]
    assert [ids[place + 1] for place in pack.predicting] == pack.targets.tolist()


def test_the_last_token_of_a_prompt_is_never_shared() -> None:
    assert common_prefix([[1, 2, 3, 9], [1, 2, 3, 8]], [3, 3]) == 2


@pytest.mark.parametrize(
    ("lengths", "prefix", "rows_per_step", "expected"),
    [([600] * 4, 500, 16, 16), ([1300], 700, 16, 4), ([1300], 700, 6, 3), ([5000], 700, 16, 1)],
)
def test_as_many_rows_share_a_pack_as_fit_and_divide_the_optimizer_step(
    lengths: list[int], prefix: int, rows_per_step: int, expected: int
) -> None:
    assert fit_rows(lengths, prefix, rows_per_step) == expected


@pytest.mark.parametrize(
    ("change", "dropout", "reason"),
    [
        ({}, 0.1, "LoRA dropout is not 0"),
        ({"model_type": "mamba"}, 0.0, "the attention of mamba models may be more than plainly causal"),
        ({"layer_types": ["sliding_attention"]}, 0.0, "some layers attend to a sliding window only"),
        ({"model_type": "mistral", "sliding_window": 4096}, 0.0, "some layers attend to a sliding window only"),
        ({"model_type": "qwen2", "sliding_window": 4096, "use_sliding_window": False}, 0.0, None),
        ({"layer_types": ["full_attention"]}, 0.0, None),
    ],
)
def test_where_rows_cannot_share_a_prefix_the_reason_is_told(
    change: dict[str, object], dropout: float, reason: str | None
) -> None:
    assert say_why_not({"model_type": "llama"} | change, dropout) == reason
