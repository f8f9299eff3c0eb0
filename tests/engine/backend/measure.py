"""Loss and LoRA gradients of two packs with one backend, in a process of its own: Unsloth patches transformers for good.

``python -m tests.engine.backend.measure plain`` and ``... patched`` import the training stack once, without Unsloth or with it. Each
line of standard input has the arguments of one measurement as JSON; it is made in a fork of the process, and answered by a line.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from ft_core.config import FineTuneConfig
from ft_core.engine.adapter_files import write_adapter
from ft_core.engine.loading import LoadedBase, load_base
from ft_core.engine.pack.choice import choose_forward
from ft_core.engine.pack.layout import common_prefix, make_pack
from ft_core.engine.unsloth_stack import import_unsloth
from ft_core.lora import LoraSettings
from tests.engine.loop.training import some_rows


def measure(base: str, backend: str, weights: Path, folder: Path, *, checkpointing: bool) -> dict[str, Any]:
    """Return the loss and write the gradients and the fresh adapter's files; its weights are then replaced by the given ones."""
    torch.set_num_threads(1)
    config = FineTuneConfig.model_validate({"model_name": base, "device": "cpu", "bf16": False, "backend": backend})
    loaded = load_base(config)
    rows = some_rows(loaded, 5)
    before = compute_logits(loaded)
    forward = choose_forward(loaded, "shared")
    with loaded.attach(LoraSettings(r=4), seed=3, checkpointing=checkpointing) as model, forward.enabled(model):
        (folder / "adapter").mkdir(parents=True)
        write_adapter(model, loaded.chat.tokenizer, loaded.base, folder / "adapter")
        learnt = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
        replace_weights(learnt, weights)
        calls: list[str] = []
        listener = loaded.model.model.layers[0].mlp.register_forward_pre_hook(lambda *_: calls.append("mlp"))
        model.train()
        packs = [make_pack(rows, (0, 1, 2), common_prefix(rows[:3])), make_pack(rows, (3, 4), 0)]
        loss = torch.stack([forward.sum_loss(model, pack) for pack in packs]).sum()
        loss.backward()
        listener.remove()
        gradients = {name: parameter.grad for name, parameter in learnt.items() if parameter.grad is not None}
        save_file(gradients, folder / "gradients.safetensors")
    return {
        "loss": float(loss.detach()),
        "restored": torch.equal(compute_logits(loaded), before),
        "unsloth": "unsloth" in sys.modules,
        "calls_a_pack": len(calls) / len(packs),
    }


def compute_logits(loaded: LoadedBase) -> torch.Tensor:
    with torch.no_grad():
        return loaded.model(input_ids=torch.arange(5, 30)[None], use_cache=False).logits


def replace_weights(learnt: dict[str, torch.nn.Parameter], weights: Path) -> None:
    """Read the adapter's weights from a file, which is written with random ones where it is not there yet."""
    if not weights.exists():
        torch.manual_seed(9)
        save_file({name: torch.randn_like(each) * 0.05 for name, each in learnt.items()}, weights)
    with torch.no_grad():
        for name, each in load_file(weights).items():
            learnt[name].copy_(each)


def answer(line: str) -> str:
    """Measure what a line asks for."""
    asked = json.loads(line)
    weights, folder = Path(asked.pop("weights")), Path(asked.pop("folder"))
    return json.dumps(measure(weights=weights, folder=folder, **asked))


def serve() -> None:
    """Answer every line of standard input; an empty line says that a measurement failed, and standard error says why."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                print(answer(line), file=answers, flush=True)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
            print(file=answers, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "patched":
        import_unsloth("cpu")
    for name in ("peft", "transformers.models.llama.modeling_llama", "transformers.models.qwen2.modeling_qwen2"):
        import_module(name)  # here, not in every fork
    serve()
    os._exit(0)  # the training stack takes a second to be taken down
