"""Unsloth, and plain transformers with PEFT, learn the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ft_core.engine.loading import LoadedBase
from tests.engine.backend.measurement import Measure

BACKENDS = pytest.mark.parametrize("backend", ["unsloth", "hf"])


@pytest.mark.parametrize("kind", ["tiny_llama", "tiny_qwen2"])
def test_both_backends_give_the_same_loss_and_gradients_on_the_same_packs(
    kind: str, request: pytest.FixtureRequest, measured: Measure
) -> None:
    base: Path = request.getfixturevalue(kind)
    ours, theirs = measured(base, "hf"), measured(base, "unsloth")
    assert (ours.told["unsloth"], theirs.told["unsloth"]) == (False, True)
    assert ours.told["loss"] == pytest.approx(theirs.told["loss"], rel=1e-5)
    assert ours.gradients.keys() == theirs.gradients.keys()
    for name, gradient in ours.gradients.items():
        assert gradient.norm() > 0
        torch.testing.assert_close(gradient, theirs.gradients[name], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("kind", ["tiny_llama", "tiny_qwen2"])
def test_the_same_seed_gives_the_same_adapter_files_to_the_byte(
    kind: str, request: pytest.FixtureRequest, measured: Measure
) -> None:
    base: Path = request.getfixturevalue(kind)
    ours, theirs = (
        {path.name: path.read_bytes() for path in measured(base, backend).adapter.iterdir()} for backend in ("hf", "unsloth")
    )
    assert ours == theirs
    weights = load_file(measured(base, "hf").adapter / "adapter_model.safetensors")
    assert all(each.any() == ("lora_A" in name) for name, each in weights.items())


@BACKENDS
def test_after_the_block_the_base_answers_bitwise_as_before(backend: str, tiny_llama: Path, measured: Measure) -> None:
    assert measured(tiny_llama, backend).told["restored"]
    assert measured(tiny_llama, backend, checkpointing=True).told["restored"]


@BACKENDS
def test_computing_activations_again_changes_no_gradient(backend: str, tiny_llama: Path, measured: Measure) -> None:
    plain, again = measured(tiny_llama, backend), measured(tiny_llama, backend, checkpointing=True)
    assert (plain.told["calls_a_pack"], again.told["calls_a_pack"]) == (1, 2)
    assert plain.told["loss"] == again.told["loss"]
    assert all(torch.equal(again.gradients[name], gradient) for name, gradient in plain.gradients.items())


def test_on_a_cpu_plain_transformers_learn_the_same_in_a_process_that_unsloth_has_patched(
    tiny_llama: Path, measured: Measure
) -> None:
    alone, patched = measured(tiny_llama, "hf"), measured(tiny_llama, "hf", after_unsloth=True)
    assert patched.told["unsloth"]
    assert patched.told["loss"] == alone.told["loss"]
    assert all(torch.equal(patched.gradients[name], gradient) for name, gradient in alone.gradients.items())


def test_an_adapter_of_plain_transformers_goes_onto_a_base_of_unsloth(
    loaded: LoadedBase, tiny_llama: Path, tiny_qwen2: Path, measured: Measure, tmp_path: Path
) -> None:
    from peft import PeftModel
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM

    base = tiny_llama if loaded.base.folder == tiny_llama else tiny_qwen2
    fresh = measured(base, "hf").adapter
    (tmp_path / "adapter_config.json").write_bytes((fresh / "adapter_config.json").read_bytes())
    # Fresh weights change nothing, so that a base that ignored them would answer the same.
    weights = {name: each + 0.05 for name, each in load_file(fresh / "adapter_model.safetensors").items()}
    save_file(weights, tmp_path / "adapter_model.safetensors", metadata={"format": "pt"})
    ids = torch.arange(5, 30)[None]
    with torch.no_grad():
        bare = loaded.model(input_ids=ids, use_cache=False).logits
        plain = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), tmp_path)
        expected = plain(input_ids=ids, use_cache=False).logits
        adapted = PeftModel.from_pretrained(loaded.model, tmp_path)
        answer = adapted(input_ids=ids, use_cache=False).logits
        adapted.base_model.unload()
    assert not torch.allclose(answer, bare, atol=1e-2)
    torch.testing.assert_close(answer, expected, rtol=1e-4, atol=1e-4)
