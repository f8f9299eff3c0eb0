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
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Attend from each suffix to the prefix and to itself; an attention function of transformers.

    In 16 bits on a GPU all suffixes go through one kernel, elsewhere through one call of PyTorch's attention each.

    Args:
        module: the attention layer; its ``num_key_value_groups`` says how many query heads share a key head.
        query: of shape (1, heads, T, size).
        key: of shape (1, heads / groups, T, size).
        value: of the shape of ``key``.
        attention_mask: used only where there is no pack.
        scaling: of the products, by default ``size ** -0.5``.
        pack: the layout of the T tokens.
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
        return attend_segments(flat[0], flat[1], flat[2], find_segments(pack), scaling)[None], None
    groups = getattr(module, "num_key_value_groups", 1)
    key, value = repeat_kv(key, groups), repeat_kv(value, groups)
    parts = list(_attend_parts(query, key, value, pack, scaling))
    return import_torch().cat(parts, dim=2).transpose(1, 2).contiguous(), None


def find_segments(pack: Pack) -> Segments:
    """Return the segments of a pack; they are made for its first layer and kept for the others."""
    if _LATEST.get("pack") is not pack:
        _LATEST.update(pack=pack, segments=make_segments(pack))
    segments: Segments = _LATEST["segments"]
    return segments


def _attend_parts(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, pack: Pack, scaling: float | None
) -> Iterator[torch.Tensor]:
    torch = import_torch()
    attend = torch.nn.functional.scaled_dot_product_attention
    prefix = slice(0, pack.prefix)
    if pack.prefix:
        yield attend(query[:, :, prefix], key[:, :, prefix], value[:, :, prefix], is_causal=True, scale=scaling)
    start = pack.prefix
    for length in pack.suffixes:
        own = slice(start, start + length)
        if pack.prefix:
            keys, values = (torch.cat([each[:, :, prefix], each[:, :, own]], dim=2) for each in (key, value))
            visible = torch.ones(length, pack.prefix + length, dtype=torch.bool, device=query.device).tril(pack.prefix)
            yield attend(query[:, :, own], keys, values, attn_mask=visible, scale=scaling)
        else:
            yield attend(query[:, :, own], key[:, :, own], value[:, :, own], is_causal=True, scale=scaling)
        start += length
