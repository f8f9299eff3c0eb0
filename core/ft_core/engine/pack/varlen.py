"""Attention over the segments of a pack on a GPU, by the flash-attention kernels that come with PyTorch.

All segments are one launch, forward and backward. The gradients of the prefix's keys and values, one for every segment, are
added up in 32 bits, where a kernel that adds them in place in 16 bits would round each time.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from ft_core.engine.pack.segment import Segments
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch

__all__ = ["attend_segments", "can_attend_segments"]

_How: TypeAlias = "tuple[Segments, float | None, int | None]"

_WIDEST = 256
"""Flash attention knows heads up to this size."""


def can_attend_segments(query: torch.Tensor) -> bool:
    """Say whether the kernels take a tensor: on a GPU, in 16 bits, with heads that are not too large."""
    library = import_torch()
    return query.is_cuda and query.dtype in {library.bfloat16, library.float16} and query.shape[-1] <= _WIDEST


def attend_segments(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    segments: Segments,
    scaling: float | None,
    *,
    window: int | None = None,
) -> torch.Tensor:
    """Attend within each segment, causally.

    Args:
        query: of shape (T, heads, size).
        key: of shape (T, heads / groups, size).
        value: of the shape of ``key``.
        segments: of the pack.
        scaling: of the products, by default ``size ** -0.5``.
        window: how many tokens are seen, the newest among them; None: all.

    Returns:
        The attended values, of the shape of ``query``.
    """
    attended: torch.Tensor = _attention().apply(query, key, value, (segments, scaling, window))
    return attended


@cache
def _attention() -> Any:
    library = import_torch()
    kernels = library.ops.aten

    class SegmentAttention(library.autograd.Function):  # type: ignore[misc, name-defined]
        """Flash attention over segments, whose keys are gathered from the pack's."""

        @staticmethod
        def forward(ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, how: _How) -> torch.Tensor:
            segments, scaling, window = how
            ctx.segments, ctx.scaling, ctx.window = segments, scaling, window
            keys, values = (each.index_select(0, segments.gathered) for each in (key, value))
            out, lse, seed, offset, _ = kernels._flash_attention_forward(
                query,
                keys,
                values,
                *_describe(segments),
                0.0,
                True,
                return_debug_mask=False,
                scale=scaling,
                **_look_back(window),
            )
            ctx.save_for_backward(query, key, value, out, lse, seed, offset)
            return out

        @staticmethod
        def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
            query, key, value, out, lse, seed, offset = ctx.saved_tensors
            segments: Segments = ctx.segments
            keys, values = (each.index_select(0, segments.gathered) for each in (key, value))
            of_query, of_keys, of_values = kernels._flash_attention_backward(
                grad.contiguous(),
                query,
                keys,
                values,
                out,
                lse,
                *_describe(segments),
                0.0,
                True,
                seed,
                offset,
                scale=ctx.scaling,
                **_look_back(ctx.window),
            )
            return of_query, _add_up(of_keys, segments), _add_up(of_values, segments), None

    return SegmentAttention


def _describe(segments: Segments) -> tuple[torch.Tensor, torch.Tensor, int, int]:
    return segments.query_starts, segments.key_starts, segments.longest_query, segments.longest_key


def _look_back(window: int | None) -> dict[str, int]:
    """Return a window as the kernels count it: without the newest token, and between queries and keys whose ends meet."""
    return {} if window is None else {"window_size_left": window - 1, "window_size_right": 0}


def _add_up(gradient: torch.Tensor, segments: Segments) -> torch.Tensor:
    """Return the gradient of the pack's keys from that of the gathered ones."""
    library = import_torch()
    own = gradient.index_select(0, segments.own)
    if not segments.prefix:
        return own
    copies = gradient.index_select(0, segments.copies.flatten()).unflatten(0, segments.copies.shape)
    shared = copies.sum(0, dtype=library.float32).to(gradient.dtype)
    return library.cat([shared, own])
