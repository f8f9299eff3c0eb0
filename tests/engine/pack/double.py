"""Tiny models that compute in double precision throughout, so that what differs is a fault and not rounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)
from transformers.models.gemma3 import modeling_gemma3
from transformers.models.llama import modeling_llama
from transformers.models.mistral import modeling_mistral
from transformers.models.qwen2 import modeling_qwen2

from ft_core.engine.rows import Row

__all__ = ["KINDS", "ROWS", "SLIDING", "compute_in_double", "make_model", "read_gradients", "sum_alone"]

SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
WINDOW = 4
"""Fewer tokens than any prefix has, and than some suffixes."""

KINDS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "llama": (LlamaConfig, LlamaForCausalLM, {}),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM, {}),
    "gemma3": (
        Gemma3TextConfig,
        Gemma3ForCausalLM,
        {"head_dim": 16, "sliding_window": WINDOW, "sliding_window_pattern": 2, "query_pre_attn_scalar": 16},
    ),
    "mistral": (MistralConfig, MistralForCausalLM, {"sliding_window": WINDOW}),
    "mixed qwen2": (
        Qwen2Config,
        Qwen2ForCausalLM,
        {"use_sliding_window": True, "sliding_window": WINDOW, "max_window_layers": 1},
    ),
}
SLIDING = ("gemma3", "mistral", "mixed qwen2")
"""Those with windows: in every other layer with two kinds of positions, in all layers, and in the last."""

FIRST = (5, 9, 2, 7, 7, 1, 30, 12)
SECOND = (5, 9, 2, 7, 8, 3)
ROWS = (
    Row((*FIRST, 40, 41, 50, 51, 52), 10, "t", "a"),
    Row((*FIRST, 42, 60, 61), 9, "t", "b"),
    Row((*FIRST, 43, 44, 45, 70, 71, 72, 73), 11, "t", "c"),
    Row((*SECOND, 20, 21, 22, 80, 81), 9, "t", "d"),
    Row((*SECOND, 23, 24, 82), 8, "t", "e"),
)
"""Three rows that begin with eight tokens, and two that begin with six others."""


def compute_in_double(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let norms and rotary embeddings, which compute in single precision whatever the weights are, compute in double."""

    def norm(self: torch.nn.Module, hidden: torch.Tensor) -> torch.Tensor:
        return self.weight * hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self.variance_epsilon)

    def rotate(self: torch.nn.Module, x: torch.Tensor, position_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return _rotate(self.inv_freq, x, position_ids)

    def norm_of_gemma(self: torch.nn.Module, hidden: torch.Tensor) -> torch.Tensor:
        return (1 + self.weight) * hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self.eps)

    def rotate_by_kind(
        self: torch.nn.Module, x: torch.Tensor, position_ids: torch.Tensor, layer_type: str
    ) -> tuple[torch.Tensor, torch.Tensor]:
        return _rotate(getattr(self, f"{layer_type}_inv_freq"), x, position_ids)

    monkeypatch.setattr(modeling_gemma3.Gemma3RMSNorm, "forward", norm_of_gemma)
    monkeypatch.setattr(modeling_gemma3.Gemma3RotaryEmbedding, "forward", rotate_by_kind)
    for module, name in ((modeling_llama, "Llama"), (modeling_qwen2, "Qwen2"), (modeling_mistral, "Mistral")):
        monkeypatch.setattr(getattr(module, f"{name}RMSNorm"), "forward", norm)
        monkeypatch.setattr(getattr(module, f"{name}RotaryEmbedding"), "forward", rotate)


def _rotate(frequency: torch.Tensor, x: torch.Tensor, position_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    half = position_ids[:, :, None].double() * frequency.double()[None, None, :]
    angles = torch.cat((half, half), dim=-1)
    return angles.cos().to(x.dtype), angles.sin().to(x.dtype)


def make_model(kind: str, *, checkpointing: bool = False, vocabulary: int = 97) -> PeftModel:
    """Return a model with an adapter on all linear layers, whose both halves are random."""
    make_config, make_base, changes = KINDS[kind]
    torch.manual_seed(0)
    base = make_base(
        make_config(**SHAPE | {"vocab_size": vocabulary, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2} | changes)
    ).double()
    model = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)).double()
    if checkpointing:
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return model.train()


def read_gradients(model: PeftModel) -> dict[str, torch.Tensor]:
    """Return the gradients, and forget them."""
    found = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    return found


def sum_alone(model: PeftModel, rows: Sequence[Row]) -> torch.Tensor:
    """Return the summed loss of rows, each through the model's own attention."""
    losses = []
    for row in rows:
        logits = model(input_ids=torch.tensor([row.input_ids]), use_cache=False).logits[0, row.prompt_length - 1 : -1]
        targets = torch.tensor(row.input_ids[row.prompt_length :])
        losses.append(torch.nn.functional.cross_entropy(logits, targets, reduction="sum"))
    return torch.stack(losses).sum()
