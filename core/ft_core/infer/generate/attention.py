"""Attention for decoding: keys and values are not copied for the heads that share them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch

__all__ = ["ATTENTION", "attending_in_groups", "group_attention", "has_sliding_window"]

ATTENTION = "ft_core_groups"
"""The name under which transformers knows our attention."""


@contextmanager
def attending_in_groups(model: Any) -> Iterator[None]:
    """Let a model use our attention inside the block, where it would use PyTorch's otherwise."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

    before = model.config._attn_implementation
    if before != "sdpa":
        yield
        return
    AttentionInterface.register(ATTENTION, group_attention)
    AttentionMaskInterface.register(ATTENTION, ALL_MASK_ATTENTION_FUNCTIONS["sdpa"])
    model.set_attn_implementation(ATTENTION)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def group_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Attend as PyTorch's attention does; an attention function of transformers.

    One new token has one query for each head. The queries of the heads that share keys become as many queries of one head, for
    which nothing needs to be repeated. More tokens at once go the usual way.

    Args:
        module: the attention layer.
        query: of shape (rows, heads, tokens, size).
        key: of shape (rows, heads / groups, seen, size).
        value: of the shape of ``key``.
        attention_mask: of shape (rows or 1, 1, tokens, seen), or None.
        scaling: of the products, by default ``size ** -0.5``.
        others: passed on.

    Returns:
        The attended values, of shape (rows, tokens, heads, size), and no weights.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    rows, heads, tokens, size = query.shape
    if tokens > 1 or key.shape[1] == heads or module.training:
        usual: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **others
        )
        return usual
    grouped = query.reshape(rows, key.shape[1], -1, size)
    attended = import_torch().nn.functional.scaled_dot_product_attention(
        grouped, key, value, attn_mask=attention_mask, scale=scaling
    )
    return attended.reshape(rows, 1, heads, value.shape[-1]), None


def has_sliding_window(model: Any) -> bool:
    """Say whether some layer sees only the nearest tokens, so that places in the cache must not be skipped."""
    config = model.config.get_text_config()
    kinds = getattr(config, "layer_types", None)
    if kinds is not None:
        return any(kind != "full_attention" for kind in kinds)
    return getattr(config, "sliding_window", None) is not None
