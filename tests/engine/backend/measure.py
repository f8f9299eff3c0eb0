"""Loss and LoRA gradients of two packs with one backend, in a process of its own: Unsloth patches transformers for good."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from ft_core.config import FineTuneConfig
from ft_core.engine.adapter import attached_adapter
from ft_core.engine.loading import load_base
from ft_core.engine.pack.choice import choose_forward
from ft_core.engine.pack.layout import common_prefix, make_pack
from ft_core.lora import LoraSettings
from tests.engine.loop.training import some_rows


def measure(base: str, backend: str, weights: Path, out: Path, *, checkpointing: bool) -> None:
    """Print the loss and write the gradients; the adapter's weights are read, or written where they are not there yet."""
    torch.set_num_threads(1)
    config = FineTuneConfig.model_validate({"model_name": base, "device": "cpu", "bf16": False, "backend": backend})
    loaded = load_base(config)
    rows = some_rows(loaded, 5)
    ids = torch.arange(5, 30)[None]
    with torch.no_grad():
        before = loaded.model(input_ids=ids, use_cache=False).logits
    forward = choose_forward(loaded, "shared")
    settings = LoraSettings(r=4)
    with (
        attached_adapter(loaded.model, settings, seed=3, checkpointing=checkpointing, backend=loaded.backend) as model,
        forward.enabled(model),
    ):
        learnt = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
        first = {name: parameter.detach().clone() for name, parameter in learnt.items()}
        if not weights.exists():
            torch.manual_seed(9)
            save_file({name: torch.randn_like(each) * 0.05 for name, each in first.items()}, weights)
        with torch.no_grad():
            for name, each in load_file(weights).items():
                learnt[name].copy_(each)
        model.train()
        packs = [make_pack(rows, (0, 1, 2), common_prefix(rows[:3])), make_pack(rows, (3, 4), 0)]
        loss = torch.stack([forward.sum_loss(model, pack) for pack in packs]).sum()
        loss.backward()
        save_file({name: parameter.grad for name, parameter in learnt.items() if parameter.grad is not None}, out)
    with torch.no_grad():
        is_restored = torch.equal(loaded.model(input_ids=ids, use_cache=False).logits, before)
    told = {
        "loss": float(loss.detach()),
        "restored": is_restored,
        "unsloth": "unsloth" in sys.modules,
        "dtype": str(before.dtype),
    }
    print(json.dumps(told | {"first": {name: float(each.sum()) for name, each in first.items()}}))


if __name__ == "__main__":
    measure(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), checkpointing=sys.argv[5:] == ["checkpointing"])
