"""Giving the base model an adapter, and taking it away without a trace."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ft_core.engine.backend.backend import BackendName
from ft_core.engine.backend.choice import get_backend
from ft_core.engine.backend.snapshot import take_snapshot
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

    A layer that kept a patch of this adapter's would compute the next step's adapter wrongly.

    Args:
        model: the base model, without adapters.
        settings: the adapter's rank, scale, dropout and layers.
        seed: decides the adapter's first weights.
        checkpointing: whether activations are computed again in the backward pass.
        backend: what the base was loaded with.

    Raises:
        TrainingError: the base has no linear layers, or none of a name in ``target_modules``; or it cannot compute activations
            again.
    """
    targets = _choose_targets(model, settings)
    snapshot = take_snapshot(model)
    adapted: PeftModel | None = None
    try:
        with output_to_log():
            adapted = get_backend(backend).adapt(model, settings, targets, seed=seed, checkpointing=checkpointing)
        yield adapted
    finally:
        if adapted is not None:
            adapted.base_model.unload()
        snapshot.restore(model)


def _choose_targets(model: PreTrainedModel, settings: LoraSettings) -> list[str]:
    known = linear_layers(model)
    if not known:
        raise TrainingError(
            f"The layers of {model.config.model_type} models are not linear layers of PyTorch's, so they cannot get an adapter "
            f"here. Choose another base model."
        )
    if settings.target_modules is None:
        return known
    for name in settings.target_modules:
        if name not in known:
            raise TrainingError(
                f"target_modules: the base model has no linear layers called {name!r}.{did_you_mean(name, known)} "
                f"It has: {', '.join(known)}."
            )
    return sorted(settings.target_modules)
