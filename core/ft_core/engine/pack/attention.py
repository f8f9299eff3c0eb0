"""Attention over packs: an attention function of transformers, for any model that lets attention functions be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ft_core.engine.pack.layout import Pack
from ft_core.engine.pack.segment import Segments, make_segments
from ft_core.engine.pack.varlen import attend_segments, can_attend_segments
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

__all__ = ["ATTENTION", "attending_to_packs", "find_segments", "pack_attention"]

ATTENTION = "ft_core_packs"
"""The name under which transformers knows our attention."""

_LATEST: dict[str, Any] = {}  # the pack that is computed now, and its segments


@contextmanager
def attending_to_packs(model: PreTrainedModel) -> Iterator[None]:
    """Let the model use our attention inside the block; without a pack it is PyTorch's."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

    AttentionInterface.register(ATTENTION, pack_attention)
    AttentionMaskInterface.register(ATTENTION, ALL_MASK_ATTENTION_FUNCTIONS["sdpa"])
    before = model.config._attn_implementation
    model.set_attn_implementation(ATTENTION)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


def pack_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    pack: Pack | None = None,
    sliding_window: int | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Attend from each suffix to the prefix and to itself, in a window where the layer has one; a function of transformers.

    In 16 bits on a GPU all suffixes go through one kernel, elsewhere through one call of PyTorch's attention each.

    Args:
        module: the attention layer; its ``num_key_value_groups`` says how many query heads share a key head.
        query: of shape (1, heads, T, size).
        key: of shape (1, heads / groups, T, size).
        value: of the shape of ``key``.
        attention_mask: used only where there is no pack.
        scaling: of the products, by default ``size ** -0.5``.
        pack: the layout of the T tokens.
        sliding_window: how many tokens are seen, the newest among them; None: all. Without a pack it is in the mask.
        others: passed on where there is no pack.

    Returns:
        The attended values, of shape (1, T, heads, size), and no weights.
    """
    from transformers.integrations.sdpa_attention import repeat_kv, sdpa_attention_forward

    if pack is None:
        attended: tuple[torch.Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **others
        )
        return attended
    if can_attend_segments(query):
        flat = [each[0].transpose(0, 1) for each in (query, key, value)]
        return attend_segments(flat[0], flat[1], flat[2], find_segments(pack), scaling, window=sliding_window)[None], None
    groups = getattr(module, "num_key_value_groups", 1)
    key, value = repeat_kv(key, groups), repeat_kv(value, groups)
    parts = list(_attend_parts(query, key, value, pack, scaling, window=sliding_window))
    return import_torch().cat(parts, dim=2).transpose(1, 2).contiguous(), None


def find_segments(pack: Pack) -> Segments:
    """Return the segments of a pack; they are made for its first layer and kept for the others."""
    if _LATEST.get("pack") is not pack:
        _LATEST.update(pack=pack, segments=make_segments(pack))
    segments: Segments = _LATEST["segments"]
    return segments


def _attend_parts(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    pack: Pack,
    scaling: float | None,
    *,
    window: int | None = None,
) -> Iterator[torch.Tensor]:
    prefix = slice(0, pack.prefix)
    if pack.prefix:
        yield _attend(query[:, :, prefix], key[:, :, prefix], value[:, :, prefix], scaling, window)
    # Positions go on from the prefix, so what is out of sight for a suffix's first token is so for all of it.
    near = slice(max(0, pack.prefix - window + 1) if window else 0, pack.prefix)
    start = pack.prefix
    for length in pack.suffixes:
        own = slice(start, start + length)
        keys, values = (_join(each[:, :, near], each[:, :, own]) for each in (key, value))
        yield _attend(query[:, :, own], keys, values, scaling, window)
        start += length


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float | None, window: int | None
) -> torch.Tensor:
    """Attend causally, and in a window where there is one; the last query sits on the last key."""
    library = import_torch()
    attend = library.nn.functional.scaled_dot_product_attention
    length, keys = query.shape[2], key.shape[2]
    before = keys - length
    visible = None  # plainly causal
    if before or (window is not None and window < keys):
        visible = library.ones(length, keys, dtype=library.bool, device=query.device).tril(before)
        visible = visible if window is None else visible.triu(before - window + 1)
    attended: torch.Tensor = attend(query, key, value, attn_mask=visible, is_causal=visible is None, scale=scaling)
    return attended


def _join(before: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    joined: torch.Tensor = import_torch().cat([before, own], dim=2) if before.shape[2] else own
    return joined
