"""Lending a loaded base model to something that changes it, and getting it back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ft_core.engine.backend.snapshot import take_snapshot
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["lent"]


@contextmanager
def lent(model: PreTrainedModel) -> Iterator[None]:
    """Let adapters be put on a base inside the block; afterwards the next training gives the bytes that it would have given.

    Adapters are taken off layer by layer, so also those that PEFT put on before it failed and gave back no model. Random
    numbers go on from where they were: PEFT draws first weights even for an adapter whose weights it then reads.

    Args:
        model: a base model without adapters.
    """
    torch = import_torch()
    snapshot = take_snapshot(model)
    training = {path: module.training for path, module in model.named_modules()}
    devices = [model.device] if model.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        try:
            yield
        finally:
            _take_off_adapters(model)
            snapshot.restore(model)
            for path, module in model.named_modules():
                module.training = training[path]


def _take_off_adapters(model: PreTrainedModel) -> None:
    from peft.tuners.tuners_utils import BaseTunerLayer

    adapted = {path: module for path, module in model.named_modules() if isinstance(module, BaseTunerLayer)}
    for path, module in adapted.items():
        model.set_submodule(path, module.get_base_layer())
    if hasattr(model, "peft_config"):  # PEFT would take it for a base with an adapter
        del model.peft_config
