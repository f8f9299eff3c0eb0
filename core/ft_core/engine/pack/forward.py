"""Computing the loss of a pack with a model: through transformers' attention interface, or on Unsloth's fast path."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from ft_core.engine.pack.attention import attending_to_packs
from ft_core.engine.pack.layout import Pack
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

__all__ = ["InterfaceForward", "NativeForward", "PackForward", "sum_cross_entropy"]


class PackForward(Protocol):
    """A way to compute packs."""

    @property
    def name(self) -> str:
        """What the log and ``run.json`` call it."""

    @property
    def alone(self) -> PackForward:
        """How rows alone are computed that its packs are compared with, inside its :meth:`enabled`."""

    def enabled(self, model: PreTrainedModel) -> AbstractContextManager[None]:
        """Let a model compute packs inside the block; outside it is as it was."""

    def sum_loss(self, model: Any, pack: Pack) -> torch.Tensor:
        """Return the sum over a pack's learnt tokens of ``-log p`` (natural logarithm), a scalar with gradients.

        Args:
            model: a causal language model, inside :meth:`enabled`.
            pack: on the model's device.
        """


class InterfaceForward:
    """Packs through an attention function of ours that transformers knows by name, with logits at the learnt tokens only."""

    name = "interface"

    @property
    def alone(self) -> PackForward:
        """The model's own attention, which knows of no packs."""
        return NativeForward()

    def enabled(self, model: PreTrainedModel) -> AbstractContextManager[None]:
        """Let the model use our attention inside the block."""
        return attending_to_packs(model)

    def sum_loss(self, model: Any, pack: Pack) -> torch.Tensor:
        """Return the summed loss of a pack."""
        logits = model(
            input_ids=pack.input_ids, position_ids=pack.position_ids, pack=pack, logits_to_keep=pack.predicting, use_cache=False
        ).logits
        return sum_cross_entropy(logits[0], pack.targets)


class NativeForward:
    """Rows one at a time through the model's own attention, whatever that is."""

    name = "native"

    @property
    def alone(self) -> PackForward:
        """Itself."""
        return self

    def enabled(self, model: PreTrainedModel) -> AbstractContextManager[None]:
        """Change nothing."""
        return nullcontext()

    def sum_loss(self, model: Any, pack: Pack) -> torch.Tensor:
        """Return the summed loss of a pack with a single row.

        Raises:
            ValueError: it has several.
        """
        if pack.prefix or len(pack.suffixes) > 1:
            raise ValueError("the model's own attention takes one row at a time")
        logits = model(input_ids=pack.input_ids, logits_to_keep=pack.predicting, use_cache=False).logits
        return sum_cross_entropy(logits[0], pack.targets)


def sum_cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the sum of ``-log p`` of some targets, computed in 32 bits at least.

    Args:
        logits: of shape (n, vocabulary).
        targets: of shape (n,).
    """
    library = import_torch()
    exact = logits.to(library.promote_types(logits.dtype, library.float32))
    loss: torch.Tensor = library.nn.functional.cross_entropy(exact, targets, reduction="sum")
    return loss
