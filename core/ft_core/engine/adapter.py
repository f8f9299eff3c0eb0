"""Giving the base model an adapter, and taking it away without a trace."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ft_core.engine.backend.backend import BackendName
from ft_core.engine.backend.choice import get_backend
from ft_core.engine.quiet import output_to_log
from ft_core.errors import TrainingError
from ft_core.lora import LoraSettings
from ft_core.suggestion import did_you_mean

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

__all__ = ["attached_adapter", "linear_layers"]

logger = logging.getLogger(__name__)


def linear_layers(model: PreTrainedModel) -> list[str]:
    """Return the names of a model's kinds of linear layer, sorted, without the output layer."""
    from torch.nn import Linear

    head = model.get_output_embeddings()
    found = {
        name.rpartition(".")[2] for name, module in model.named_modules() if isinstance(module, Linear) and module is not head
    }
    return sorted(found)


@contextmanager
def attached_adapter(
    model: PreTrainedModel, settings: LoraSettings, *, seed: int, checkpointing: bool, backend: BackendName = "unsloth"
) -> Iterator[PeftModel]:
    """Give the base a fresh adapter inside the block, and leave the base as it was.

    Unsloth and TRL replace the forwards of single layers and of the model for the adapter at hand (fused kernels, a fused
    loss); a layer that kept one would compute the next step's adapter wrongly.

    Args:
        model: the base model, without adapters.
        settings: the adapter's rank, scale, dropout and layers.
        seed: decides the adapter's first weights.
        checkpointing: whether activations are computed again in the backward pass.
        backend: what the base was loaded with.

    Raises:
        TrainingError: the base has no layer of a name in ``target_modules``.
    """
    targets = _choose_targets(model, settings)
    patches = _own_callables(model)
    trainable = {name: parameter.requires_grad for name, parameter in model.named_parameters()}
    adapted: PeftModel | None = None
    try:
        with output_to_log():
            adapted = get_backend(backend).adapt(model, settings, targets, seed=seed, checkpointing=checkpointing)
        yield adapted
    finally:
        if adapted is not None:
            adapted.base_model.unload()
            get_backend(backend).release(model)
        _restore(model, patches)
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(trainable[name])
            parameter.grad = None


def _choose_targets(model: PreTrainedModel, settings: LoraSettings) -> list[str]:
    known = linear_layers(model)
    if settings.target_modules is None:
        return known
    for name in settings.target_modules:
        if name not in known:
            raise TrainingError(
                f"target_modules: the base model has no linear layers called {name!r}.{did_you_mean(name, known)} "
                f"It has: {', '.join(known)}."
            )
    return sorted(settings.target_modules)


def _own_callables(model: PreTrainedModel) -> dict[str, dict[str, Callable[..., Any]]]:
    # Functions that stand on a module itself, not on its class: patches.
    return {
        path: {name: value for name, value in vars(module).items() if _is_patch(value)}
        for path, module in model.named_modules()
    }


def _restore(model: PreTrainedModel, patches: dict[str, dict[str, Callable[..., Any]]]) -> None:
    for path, module in model.named_modules():
        before = patches[path]
        for name in [name for name, value in vars(module).items() if _is_patch(value) and name not in before]:
            delattr(module, name)
        for name, value in before.items():
            if vars(module).get(name) is not value:
                setattr(module, name, value)


def _is_patch(value: object) -> bool:
    from torch.nn import Module

    return callable(value) and not isinstance(value, Module | type)
