"""Loading a base with a backend, and the errors where that does not go."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, BloomConfig, BloomForCausalLM, GPT2Config, GPT2LMHeadModel

from ft_core.config import FineTuneConfig
from ft_core.engine import loading
from ft_core.engine.backend.backend import WeightRequest
from ft_core.engine.backend.choice import get_backend
from ft_core.engine.loading import load_base
from ft_core.errors import BaseModelError, TrainingError
from ft_core.lora import LoraSettings
from tests.engine.bases import chatml_tokenizer


def make_config(base: Path, **changes: object) -> FineTuneConfig:
    return FineTuneConfig.model_validate({"model_name": str(base), "device": "cpu", "bf16": False} | changes)


@pytest.fixture(scope="module")
def without_fused_attention(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model of an architecture that PyTorch's fused attention cannot compute."""
    folder, tokenizer = tmp_path_factory.mktemp("bloom"), chatml_tokenizer()
    BloomForCausalLM(BloomConfig(vocab_size=len(tokenizer), hidden_size=16, n_layer=1, n_head=2)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_attention_is_the_fused_one_where_the_architecture_has_it(tiny_llama: Path, without_fused_attention: Path) -> None:
    fused = load_base(make_config(tiny_llama, backend="hf"))
    other = load_base(make_config(without_fused_attention, backend="hf"))
    assert fused.model.config._attn_implementation == "sdpa"
    assert other.model.config._attn_implementation == "eager"
    assert (fused.backend, other.backend) == ("hf", "hf")


def test_both_backends_choose_the_same_arithmetic(tiny_llama: Path) -> None:
    chosen = {load_base(make_config(tiny_llama, backend=name, bf16=True)).model.dtype for name in ("unsloth", "hf")}
    assert len(chosen) == 1


@pytest.mark.parametrize(
    ("backend", "advice"),
    [
        ("unsloth", "Check its files, or choose another base model, or train with --backend hf in a new process."),
        ("hf", "Check its files, or choose another base model."),
    ],
)
def test_a_base_that_a_backend_cannot_load_is_an_error_that_says_what_else_to_try(
    backend: str, advice: str, tiny_llama: Path, tmp_path: Path
) -> None:
    for file in tiny_llama.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(BaseModelError) as caught:
        load_base(make_config(tmp_path, backend=backend))
    assert str(caught.value).startswith(f"The base model {tmp_path} cannot be loaded: ")
    assert str(caught.value).endswith(f"\n{advice}")


@pytest.mark.parametrize("backend", ["unsloth", "hf"])
def test_four_bits_without_bitsandbytes_are_an_error(backend: str, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "find_device", lambda *_, **__: "cuda")
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    with pytest.raises(TrainingError, match=r"needs bitsandbytes, which is not installed. Run pip install bitsandbytes, or"):
        load_base(make_config(tiny_llama, load_in_4bit=True, backend=backend))


def test_four_bits_are_loaded_onto_the_gpu_of_this_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: dict[str, Any] = {}

    def load(folder: str, **options: Any) -> SimpleNamespace:
        asked.update(options)
        return SimpleNamespace(parameters=list)

    monkeypatch.setattr(AutoModelForCausalLM, "from_pretrained", load)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    get_backend("hf").load(WeightRequest(tmp_path, "cuda", torch.bfloat16, load_in_4bit=True, context=512))
    assert asked["device_map"] == {"": 1}
    quantization = asked["quantization_config"]
    assert (quantization.bnb_4bit_quant_type, quantization.bnb_4bit_use_double_quant) == ("nf4", True)
    assert quantization.bnb_4bit_compute_dtype == torch.bfloat16


def test_on_a_gpu_plain_transformers_need_a_process_that_unsloth_has_not_patched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unsloth", ModuleType("unsloth"))
    with pytest.raises(
        TrainingError, match="has imported Unsloth, which patches transformers. Train with --backend hf in a new"
    ):
        get_backend("hf").start("cuda")
    get_backend("hf").start("cpu")


def test_an_architecture_that_cannot_compute_its_activations_again_is_an_error(
    tiny_llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_base(make_config(tiny_llama, backend="hf"))
    monkeypatch.setattr(type(loaded.model), "supports_gradient_checkpointing", False)
    with (
        pytest.raises(TrainingError, match=r"llama models cannot compute their activations again.* smaller --pack-tokens"),
        loaded.attach(LoraSettings(r=2), seed=1, checkpointing=True),
    ):
        pass


def test_a_base_without_linear_layers_is_an_error(tmp_path: Path) -> None:
    tokenizer = chatml_tokenizer()
    GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), n_embd=16, n_layer=1, n_head=2)).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    loaded = load_base(make_config(tmp_path, backend="hf"))
    with (
        pytest.raises(TrainingError, match=r"The layers of gpt2 models are not linear .* Choose another base model"),
        loaded.attach(LoraSettings(r=2), seed=1, checkpointing=False),
    ):
        pass
