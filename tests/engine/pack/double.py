"""Tiny models that compute in double precision throughout, so that what differs is a fault and not rounding."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM
from transformers.models.llama import modeling_llama
from transformers.models.qwen2 import modeling_qwen2

from ft_core.engine.rows import Row

__all__ = ["KINDS", "ROWS", "compute_in_double", "make_model", "read_gradients", "sum_alone"]

SHAPE = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
KINDS = {"llama": (LlamaConfig, LlamaForCausalLM), "qwen2": (Qwen2Config, Qwen2ForCausalLM)}
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
        frequencies = position_ids[:, :, None].double() * self.inv_freq.double()[None, None, :]
        angles = torch.cat((frequencies, frequencies), dim=-1)
        return angles.cos().to(x.dtype), angles.sin().to(x.dtype)

    for module, name in ((modeling_llama, "Llama"), (modeling_qwen2, "Qwen2")):
        monkeypatch.setattr(getattr(module, f"{name}RMSNorm"), "forward", norm)
        monkeypatch.setattr(getattr(module, f"{name}RotaryEmbedding"), "forward", rotate)


def make_model(kind: str, *, checkpointing: bool = False) -> PeftModel:
    """Return a model with an adapter on all linear layers, whose both halves are random."""
    make_config, make_base = KINDS[kind]
    torch.manual_seed(0)
    base = make_base(make_config(**SHAPE)).double()
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
