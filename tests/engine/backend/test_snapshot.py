from __future__ import annotations

import pytest
import torch

from ft_core.engine.loading import LoadedBase
from ft_core.lora import LoraSettings

SETTINGS = LoraSettings(r=2)


def hooks_of(loaded: LoadedBase) -> dict[str, int]:
    found = {name: len(module._forward_hooks) + len(module._forward_pre_hooks) for name, module in loaded.model.named_modules()}
    return {name: number for name, number in found.items() if number}


def trainable_of(loaded: LoadedBase) -> list[str]:
    return [name for name, parameter in loaded.model.named_parameters() if parameter.requires_grad]


def test_an_adapter_that_computes_activations_again_leaves_no_hook_and_no_checkpointing(either: LoadedBase) -> None:
    before, trainable = hooks_of(either), trainable_of(either)
    for _ in range(2):
        with either.attach(SETTINGS, seed=1, checkpointing=True):
            assert either.model.is_gradient_checkpointing
            assert hooks_of(either) != before
        assert not either.model.is_gradient_checkpointing
        assert hooks_of(either) == before
        assert trainable_of(either) == trainable


def test_checkpointing_is_each_adapters_own(either: LoadedBase) -> None:
    for wanted in (True, False, True):
        with either.attach(SETTINGS, seed=1, checkpointing=wanted):
            assert either.model.is_gradient_checkpointing == wanted


def test_a_hook_that_was_there_before_stays(either: LoadedBase) -> None:
    calls = []
    hook = either.model.get_input_embeddings().register_forward_hook(lambda *_: calls.append("embedded"))
    try:
        with either.attach(SETTINGS, seed=1, checkpointing=True):
            pass
        either.model(input_ids=torch.arange(5)[None], use_cache=False)
    finally:
        hook.remove()
    assert calls == ["embedded"]


def test_an_adapter_that_cannot_be_made_leaves_the_base_as_it_was(either: LoadedBase) -> None:
    before, trainable = hooks_of(either), trainable_of(either)
    with (
        pytest.raises(ValueError, match="should be a positive integer"),
        either.attach(LoraSettings(r=0), seed=1, checkpointing=True),
    ):
        pass
    assert not either.model.is_gradient_checkpointing
    assert (hooks_of(either), trainable_of(either)) == (before, trainable)
    with either.attach(SETTINGS, seed=1, checkpointing=False) as model:
        assert any("lora_A" in name for name, _ in model.named_parameters())
