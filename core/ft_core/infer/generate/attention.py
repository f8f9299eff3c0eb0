"""Attention to a beginning that all rows share and that is kept once, and to each row's own tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ft_core.engine.attention_window import find_windows
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch

    from ft_core.infer.generate.cache_layer import KeyValues
    from ft_core.infer.generate.prefix import Prefix

__all__ = ["ATTENTION", "attending_to_prefix", "can_share_prefix", "prefix_attention"]

ATTENTION = "ft_core_prefix"
"""The name under which transformers knows our attention."""


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


def can_share_prefix(model: Any) -> bool:
    """Say whether every layer of a model attends to all tokens through our attention; to be asked inside the block."""
    torch, config = import_torch(), model.config.get_text_config()
    windows = find_windows(config.to_dict())
    if windows is None or any(windows):
        return False
    readers: list[int] = []
    try:
        model(input_ids=torch.zeros((1, 1), dtype=torch.int64, device=model.device), use_cache=False, prefix_readers=readers)
    except TypeError:  # an architecture that takes no arguments for its attention
        return False
    return sorted(readers) == list(range(config.num_hidden_layers))


def prefix_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    shared_prefix: Prefix | None = None,
    prefix_readers: list[int] | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Attend to the shared prefix, which every token sees, and causally to the row's own tokens; for transformers.

    Args:
        module: the attention layer; its ``layer_idx`` says which of the prefix's keys and values are its.
        query: of shape (rows, heads, tokens, size).
        key: the rows' own, of shape (rows, heads / groups, seen, size).
        value: of the shape of ``key``.
        attention_mask: which of the rows' own tokens are seen, of shape (rows, 1, tokens, seen); None: all that are not later.
        scaling: of the products, by default ``size ** -0.5``.
        shared_prefix: with keys and values of shape (1, heads / groups, shared, size).
        prefix_readers: is told the layer's number, to see that it could have read a prefix.
        others: passed on.

    Returns:
        The attended values, of shape (rows, tokens, heads, size), and no weights.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    layer: int = module.layer_idx
    if prefix_readers is not None:
        prefix_readers.append(layer)
    if shared_prefix is not None:
        prefix = shared_prefix.layers[layer]
        if query.shape[2] == 1:
            scale = query.shape[-1] ** -0.5 if scaling is None else scaling
            return _attend_with_one_token(query, (key, value), prefix, attention_mask, scale), None
        attention_mask = _see_prefix(attention_mask, query, prefix[0].shape[2])
        key, value = (_put_before(each, own) for each, own in zip(prefix, (key, value), strict=True))
    attended: tuple[torch.Tensor, None] = sdpa_attention_forward(
        module, query, key, value, attention_mask, scaling=scaling, **others
    )
    return attended


def _attend_with_one_token(
    query: torch.Tensor, own: KeyValues, prefix: KeyValues, mask: torch.Tensor | None, scale: float
) -> torch.Tensor:
    """Attend with the newest token of each row.

    The prefix meets the queries of all rows, and of all heads that share its keys, in one product. One softmax goes over both
    parts, in 32 bits at least.
    """
    library = import_torch()
    rows, heads, _, size = query.shape
    shared, groups = prefix[0].shape[1], heads // prefix[0].shape[1]
    grouped = query.reshape(rows, shared, groups, size)
    flat = grouped.transpose(0, 1).reshape(shared, rows * groups, size)
    before = library.bmm(flat, prefix[0][0].transpose(1, 2)).view(shared, rows, groups, -1).transpose(0, 1)
    products = library.matmul(grouped, own[0].transpose(2, 3))
    if mask is not None:
        products = products.masked_fill(~mask, -library.inf)
    kind = library.promote_types(query.dtype, library.float32)
    weights = (library.cat([before, products], dim=-1).to(kind) * scale).softmax(-1).to(query.dtype)
    length = prefix[0].shape[2]
    to_prefix = weights[..., :length].transpose(0, 1).reshape(shared, rows * groups, length)
    attended = library.bmm(to_prefix, prefix[1][0]).view(shared, rows, groups, -1).transpose(0, 1)
    attended = attended + library.matmul(weights[..., length:], own[1])
    result: torch.Tensor = attended.reshape(rows, 1, heads, -1)
    return result


def _see_prefix(mask: torch.Tensor | None, query: torch.Tensor, shared: int) -> torch.Tensor:
    library, tokens = import_torch(), query.shape[2]
    if mask is None:
        mask = library.ones((1, 1, tokens, tokens), dtype=library.bool, device=query.device).tril()
    seen: torch.Tensor = library.nn.functional.pad(mask, (shared, 0), value=True)
    return seen


def _put_before(prefix: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    joined: torch.Tensor = import_torch().cat([prefix.expand(len(own), -1, -1, -1), own], dim=2)
    return joined
