"""What the formula counts, next to what PyTorch keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, set_seed

from ft_core.engine.memory.activation import activation_bytes, workspace_bytes
from ft_core.engine.memory.computation import Computation, PackSize, Width
from ft_core.engine.memory.shape import LINEAR_LAYERS, read_shape
from ft_core.engine.memory.workload import Workload
from ft_core.engine.pack.forward import InterfaceForward
from ft_core.engine.pack.layout import Pack, make_pack
from ft_core.engine.pack.plan import PackingPlan
from ft_core.engine.rows import Row
from ft_core.engine.schedule import Schedule
from ft_core.lora import LoraSettings
from tests.engine.memory.shapes import QWEN_7B, make_config

RANK = 4
DTYPES: dict[Width, torch.dtype] = {4: torch.float32, 2: torch.bfloat16}
PACKS = [(0, [60]), (0, [60, 50]), (40, [30, 20, 35])]


def some_rows(prefix: int, suffixes: Sequence[int]) -> list[Row]:
    def ids(number: int, length: int) -> tuple[int, ...]:
        return (*range(prefix), *((7 * number + place) % 250 for place in range(length)))

    return [Row(ids(i, length), prefix + length - 8, "t", f"e{i}") for i, length in enumerate(suffixes)]


def size_of(rows: Sequence[Row], prefix: int, window: int | None = None) -> PackSize:
    packing = PackingPlan("shared" if prefix else "plain", prefix, 10_000)
    work = Workload("action", rows, packing, Schedule(len(rows), 1, 0), LoraSettings(), 1, window)
    return work.measure(10_000).largest


def kept_bytes(kind: str, layers: int, pack: Pack, dtype: torch.dtype, **sizes: Any) -> int:
    """Bytes of all storages that a forward pass saves, but for parameters and buffers."""
    set_seed(1)
    model = AutoModelForCausalLM.from_config(make_config(kind, num_hidden_layers=layers, **sizes)).to(dtype)
    adapted: Any = get_peft_model(model, LoraConfig(r=RANK, target_modules=list(LINEAR_LAYERS)))
    own = {each.untyped_storage().data_ptr() for each in (*adapted.parameters(), *adapted.buffers())}
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.untyped_storage().data_ptr() not in own:
            kept.setdefault(tensor.untyped_storage().data_ptr(), tensor)
        return tensor

    forward = InterfaceForward()
    with forward.enabled(adapted), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        forward.sum_loss(adapted, pack)
    return sum(tensor.untyped_storage().nbytes() for tensor in kept.values())


@pytest.mark.parametrize("kind", ["gemma3_text", "llama", "mistral", "qwen2", "qwen3"])
@pytest.mark.parametrize("width", [2, 4])
@pytest.mark.parametrize(("prefix", "suffixes"), PACKS)
def test_a_layer_with_transformers_and_peft_keeps_what_is_counted(
    kind: str, width: Width, prefix: int, suffixes: list[int]
) -> None:
    rows, way = some_rows(prefix, suffixes), Computation("cpu", width)
    pack = make_pack(rows, range(len(rows)), prefix)
    per_layer = (kept_bytes(kind, 3, pack, DTYPES[width]) - kept_bytes(kind, 1, pack, DTYPES[width])) / 2
    shape = read_shape(make_config(kind).to_dict())
    assert activation_bytes(shape, size_of(rows, prefix), way, RANK) / shape.layers == pytest.approx(
        per_layer, rel=0.003 if kind == "gemma3_text" else 0.001
    )


@pytest.mark.parametrize("width", [2, 4])
@pytest.mark.parametrize(("prefix", "suffixes"), PACKS)
def test_a_layer_with_a_window_keeps_hardly_more_than_is_counted(width: Width, prefix: int, suffixes: list[int]) -> None:
    sizes = {"head_dim": 32, "sliding_window": 16}
    rows, way = some_rows(prefix, suffixes), Computation("cpu", width)
    pack = make_pack(rows, range(len(rows)), prefix)
    kept = [kept_bytes("gemma3_text", layers, pack, DTYPES[width], **sizes) for layers in (1, 3)]
    shape = read_shape(make_config("gemma3_text", **sizes).to_dict())
    counted = activation_bytes(shape, size_of(rows, prefix, 16), way, RANK)
    assert 0.99 < counted / shape.layers / ((kept[1] - kept[0]) / 2) < 1.15


def test_checkpointing_keeps_less_and_computes_a_layer_again() -> None:
    shape, pack = read_shape({"model_type": "qwen2"} | QWEN_7B), PackSize(4000, 500, 4000)
    for fast in (True, False):
        kept, again = (Computation("cuda", 2, is_fast=fast, checkpointing=each, loss="fused") for each in (False, True))
        assert activation_bytes(shape, pack, again, 16) < activation_bytes(shape, pack, kept, 16) / 10
        assert workspace_bytes(shape, pack, again, 16) > workspace_bytes(shape, pack, kept, 16)


def test_logits_are_made_at_learnt_tokens_only_and_the_fused_loss_makes_few_at_a_time() -> None:
    shape = read_shape({"model_type": "qwen2"} | QWEN_7B)
    whole, fused = (Computation("cuda", 2, is_fast=True, loss=loss) for loss in ("whole", "fused"))
    few, many = PackSize(1000, 400, 1000), PackSize(1000, 900, 1000)
    assert workspace_bytes(shape, few, whole, 16) == 400 * 152064 * 16
    assert workspace_bytes(shape, many, whole, 16) == 900 * 152064 * 16
    assert workspace_bytes(shape, few, fused, 16) == 400 * 152064 * 8
    assert workspace_bytes(shape, many, fused, 16) == 512 * 152064 * 8
