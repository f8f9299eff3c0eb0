"""Attention to a beginning that all rows share and that is kept once, and to each row's own tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch

    from ft_core.infer.generate.cache_layer import KeyValues
    from ft_core.infer.generate.sight import Sight

__all__ = ["ATTENTION", "attending_to_prefix", "prefix_attention"]

ATTENTION = "ft_core_prefix"
"""The name under which transformers knows our attention."""

_MORE = ("position_bias", "s_aux", "softcap")
"""What a layer may ask of an attention function that ours does not compute: biases, sinks, capped products."""


@contextmanager
def attending_to_prefix(model: Any) -> Iterator[None]:
    """Let a model that uses PyTorch's attention use ours inside the block; without a shared prefix it computes the same."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

    before = model.config._attn_implementation
    if before != "sdpa":
        yield
        return
    AttentionInterface.register(ATTENTION, prefix_attention)
    AttentionMaskInterface.register(ATTENTION, ALL_MASK_ATTENTION_FUNCTIONS["sdpa"])
    model.set_attn_implementation(ATTENTION)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def prefix_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    sliding_window: int | None = None,
    shared_prefix: Sight | None = None,
    prefix_readers: list[tuple[int, int | None]] | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Attend to the shared prefix, and causally to the row's own tokens, in a window where the layer has one; for transformers.

    Args:
        module: the attention layer; its ``layer_idx`` says which of the prefix's keys and values are its.
        query: of shape (rows, heads, tokens, size).
        key: the rows' own, of shape (rows, heads / groups, seen, size).
        value: of the shape of ``key``.
        attention_mask: which of the rows' own tokens are seen, of shape (rows, 1, tokens, seen), with what the window hides of
            them; None: all that are not later.
        scaling: of the products, by default ``size ** -0.5``.
        sliding_window: how many tokens are seen, the newest among them; None: all.
        shared_prefix: what is seen of the prefix.
        prefix_readers: is told the layer's number and window, to see that it could have read a prefix.
        others: passed on.

    Returns:
        The attended values, of shape (rows, tokens, heads, size), and no weights.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    layer: int = module.layer_idx
    if prefix_readers is not None and all(others.get(name) is None for name in _MORE):
        prefix_readers.append((layer, sliding_window))
    if shared_prefix is not None:
        prefix, seen = shared_prefix.look(layer, sliding_window)
        if query.shape[2] == 1:
            scale = query.shape[-1] ** -0.5 if scaling is None else scaling
            own, mask = _keep_nearest((key, value), attention_mask, sliding_window)
            return _attend_with_one_token(query, own, prefix, (seen, mask), scale), None
        attention_mask = _see_prefix(attention_mask, seen, query, prefix[0].shape[2])
        key, value = (_put_before(each, own) for each, own in zip(prefix, (key, value), strict=True))
    attended: tuple[torch.Tensor, None] = sdpa_attention_forward(
        module, query, key, value, attention_mask, scaling=scaling, **others
    )
    return attended


def _keep_nearest(own: KeyValues, mask: torch.Tensor | None, window: int | None) -> tuple[KeyValues, torch.Tensor | None]:
    """Leave out what no row's newest token sees: all rows end at the same place."""
    if window is None or own[0].shape[2] <= window:
        return own, mask
    keys, values = own
    return (keys[:, :, -window:], values[:, :, -window:]), None if mask is None else mask[..., -window:]


def _attend_with_one_token(
    query: torch.Tensor, own: KeyValues, prefix: KeyValues, masks: tuple[torch.Tensor | None, torch.Tensor | None], scale: float
) -> torch.Tensor:
    """Attend with the newest token of each row.

    The prefix meets the queries of all rows, and of all heads that share its keys, in one product. One softmax goes over both
    parts, in 32 bits at least.
    """
    library = import_torch()
    rows, heads, _, size = query.shape
    shared, length = prefix[0].shape[1:3]
    groups = heads // shared
    grouped = query.reshape(rows, shared, groups, size)
    flat = grouped.transpose(0, 1).reshape(shared, rows * groups, size)
    before = library.bmm(flat, prefix[0][0].transpose(1, 2)).view(shared, rows, groups, length).transpose(0, 1)
    products = (before, library.matmul(grouped, own[0].transpose(2, 3)))
    kind = library.promote_types(query.dtype, library.float32)
    weights = (library.cat(list(map(_hide, products, masks)), dim=-1).to(kind) * scale).softmax(-1).to(query.dtype)
    to_prefix = weights[..., :length].transpose(0, 1).reshape(shared, rows * groups, length)
    attended = library.bmm(to_prefix, prefix[1][0]).view(shared, rows, groups, -1).transpose(0, 1)
    attended = attended + library.matmul(weights[..., length:], own[1])
    result: torch.Tensor = attended.reshape(rows, 1, heads, -1)
    return result


def _hide(products: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
    return products if seen is None else products.masked_fill(~seen, -import_torch().inf)


def _see_prefix(mask: torch.Tensor | None, seen: torch.Tensor | None, query: torch.Tensor, shared: int) -> torch.Tensor:
    library, tokens = import_torch(), query.shape[2]
    if mask is None:
        mask = library.ones((1, 1, tokens, tokens), dtype=library.bool, device=query.device).tril()
    if seen is None:
        seen = mask.new_ones((1, 1, 1, shared))
    rows = max(len(seen), len(mask))
    joined: torch.Tensor = library.cat([seen.expand(rows, -1, tokens, -1), mask.expand(rows, -1, -1, -1)], dim=-1)
    return joined


def _put_before(prefix: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    joined: torch.Tensor = import_torch().cat([prefix.expand(len(own), -1, -1, -1), own], dim=2)
    return joined
