from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from ft_core.engine.memory.parameter import count_adapter, count_base
from ft_core.engine.memory.shape import KNOWN_KINDS, LINEAR_LAYERS, read_shape
from ft_core.errors import TrainingError
from ft_core.lora import LoraSettings
from tests.engine.memory.shapes import GEMMA_2B, QWEN_7B, make_config

SHAPES = [
    *((kind, {}) for kind in KNOWN_KINDS),
    *((kind, {"tie_word_embeddings": True}) for kind in KNOWN_KINDS),
    ("llama", {"attention_bias": True, "mlp_bias": True}),
    ("llama", {"head_dim": 32}),
    ("qwen3", {"attention_bias": True}),
    ("qwen2", QWEN_7B),
    ("gemma2", GEMMA_2B),
]


@pytest.mark.parametrize(("kind", "sizes"), SHAPES)
def test_parameters_are_counted_exactly_from_config_json(kind: str, sizes: dict[str, Any], tmp_path: Path) -> None:
    config = make_config(kind, **sizes)
    config.save_pretrained(tmp_path)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    counted = count_base(read_shape(json.loads((tmp_path / "config.json").read_text())))
    linear = [module.weight for name, module in model.named_modules() if name.rpartition(".")[2] in LINEAR_LAYERS]
    assert counted.total == sum(parameter.numel() for parameter in model.parameters())
    assert counted.linear == sum(weight.numel() for weight in linear)


@pytest.mark.parametrize("kind", ["llama", "qwen2", "gemma3_text"])
@pytest.mark.parametrize("targets", [None, ("q_proj", "down_proj")])
def test_an_adapter_is_counted_exactly(kind: str, targets: tuple[str, ...] | None) -> None:
    config = make_config(kind)
    with torch.device("meta"):
        model = get_peft_model(
            AutoModelForCausalLM.from_config(config), LoraConfig(r=8, target_modules=list(targets or LINEAR_LAYERS))
        )
    learnt = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    assert count_adapter(read_shape(config.to_dict()), LoraSettings(8, target_modules=targets)) == learnt


def test_a_model_of_another_kind_cannot_be_counted() -> None:
    with pytest.raises(TrainingError, match=r"The memory of a mamba model cannot be estimated: .* Known: gemma, "):
        count_base(read_shape({"model_type": "mamba"}))
