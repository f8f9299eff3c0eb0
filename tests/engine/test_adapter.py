from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
import torch

from ft_core.config import FineTuneConfig
from ft_core.engine.adapter import attached_adapter, linear_layers
from ft_core.engine.loading import LoadedBase
from ft_core.errors import TrainingError
from ft_core.lora import LoraSettings
from tests.engine.loop import training

ALL_LINEAR = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
CONFIG = FineTuneConfig(batch_size=2, gradient_accumulation_steps=2, max_steps=2, learning_rate=1e-2)


def train(loaded: LoadedBase, settings: LoraSettings, who: str) -> str:
    """Train an adapter and return a hash of its weights."""
    rows = training.some_rows(loaded, who=who)
    with tempfile.TemporaryDirectory() as folder:
        weights = training.train(loaded, rows, Path(folder), CONFIG, packing="plain", settings=settings).weights
    return hashlib.sha256(b"".join(weights[name].numpy().tobytes() for name in sorted(weights))).hexdigest()


def probe(loaded: LoadedBase) -> torch.Tensor:
    with torch.no_grad():
        return loaded.model(input_ids=torch.arange(20)[None], use_cache=False).logits


def patches_of(loaded: LoadedBase) -> set[tuple[str, str]]:
    """The functions that stand on modules themselves: Unsloth's and TRL's replacements of their class's own."""
    modules = loaded.model.named_modules()
    return {(path, name) for path, module in modules for name, value in vars(module).items() if callable(value)}


def test_all_linear_layers_are_those_of_the_blocks_sorted(loaded: LoadedBase) -> None:
    assert linear_layers(loaded.model) == ALL_LINEAR


def test_after_a_training_the_base_is_bitwise_what_it_was(loaded: LoadedBase) -> None:
    before, patches = probe(loaded), patches_of(loaded)
    train(loaded, LoraSettings(r=4, dropout=0.1), "fox")
    assert torch.equal(probe(loaded), before)
    assert patches_of(loaded) == patches
    assert all(parameter.grad is None for parameter in loaded.model.parameters())


def test_a_step_trained_after_another_gets_the_same_bytes_as_alone(loaded: LoadedBase) -> None:
    crow = LoraSettings(r=8, alpha=8, target_modules=("v_proj", "q_proj"))
    alone = train(loaded, crow, "crow")
    train(loaded, LoraSettings(r=4, dropout=0.1), "fox")
    assert train(loaded, crow, "crow") == alone


def test_the_seed_decides_the_first_weights(loaded: LoadedBase) -> None:
    def first_weights(seed: int) -> torch.Tensor:
        with attached_adapter(loaded.model, LoraSettings(r=4), seed=seed, checkpointing=False) as model:
            return next(p.clone() for name, p in model.named_parameters() if "lora_A" in name)

    assert torch.equal(first_weights(1), first_weights(1))
    assert not torch.equal(first_weights(1), first_weights(2))


def test_a_layer_that_the_base_lacks_is_an_error(loaded: LoadedBase) -> None:
    settings = LoraSettings(target_modules=("q_porj",))
    with (
        pytest.raises(
            TrainingError, match=r"no linear layers called 'q_porj'. Did you mean 'q_proj'\? It has: down_proj, gate_proj"
        ),
        attached_adapter(loaded.model, settings, seed=1, checkpointing=False),
    ):
        pass
