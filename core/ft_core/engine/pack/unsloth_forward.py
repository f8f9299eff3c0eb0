"""Packs on Unsloth's fast path: its fused kernels, with our attention over the segments of a pack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ft_core.engine.pack.attention import find_segments
from ft_core.engine.pack.forward import PackForward
from ft_core.engine.pack.layout import Pack
from ft_core.engine.pack.varlen import attend_segments
from ft_core.engine.rows import IGNORED
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

__all__ = ["UnslothForward"]

_HOOK = "_flex_shared_prefix_attention"
"""The function of Unsloth's attention dispatch that takes sequences with a shared prefix."""


class UnslothForward:
    """Packs through Unsloth's own forward, on a GPU in 16 bits.

    Unsloth has an entry for sequences that share a prefix, with a kernel of its own behind it; ours takes its place, with
    PyTorch's flash attention. The loss is Unsloth's fused one, which makes logits where a token is learnt and nowhere else.
    """

    name = "unsloth"

    @property
    def alone(self) -> PackForward:
        """Itself: packs of one row."""
        return self

    @contextmanager
    def enabled(self, model: PreTrainedModel) -> Iterator[None]:
        """Let Unsloth's dispatch call our attention inside the block."""
        from unsloth.utils import attention_dispatch

        before = getattr(attention_dispatch, _HOOK)
        # Its dispatch tells of no window; models that have one do not come here.
        setattr(attention_dispatch, _HOOK, _attend)
        try:
            yield
        finally:
            setattr(attention_dispatch, _HOOK, before)

    def sum_loss(self, model: Any, pack: Pack) -> torch.Tensor:
        """Return the summed loss of a pack."""
        loss: torch.Tensor = model(
            input_ids=pack.input_ids,
            position_ids=pack.position_ids,
            labels=_make_labels(pack),
            prefix_seg_info=pack,
            use_cache=False,
            num_items_in_batch=1,
        ).loss
        return loss


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, pack: Pack, scale: float | None = None, **_: Any
) -> torch.Tensor:
    """Attend as Unsloth's dispatch asks: all of shape (1, T, heads, size)."""
    return attend_segments(query[0], key[0], value[0], find_segments(pack), scale)[None]


def _make_labels(pack: Pack) -> torch.Tensor:
    """Return labels of shape (1, T): each learnt token at its own place, for the model shifts them by one."""
    labels = import_torch().full_like(pack.input_ids, IGNORED)
    labels[0, pack.predicting + 1] = pack.targets
    return labels
