"""A pack as segments of queries and keys, for kernels that compute many attentions of unlike lengths at once.

The first segment is the prefix on itself. In each of the others the queries are a suffix, and the keys are the prefix and then
the suffix: causal attention whose last query sits on the last key. So the keys of the prefix are there once for every segment.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from ft_core.engine.pack.layout import Pack
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch

__all__ = ["Segments", "make_segments"]


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of a pack of T tokens, on its device.

    Attributes:
        prefix: P, the number of shared tokens.
        query_starts, key_starts: cumulative lengths, 32-bit, of shape (segments + 1,).
        longest_query, longest_key: the longest of each.
        gathered: the places of all keys, segment after segment, of shape (K,), where K = T + P * suffixes.
        copies: the places in ``gathered`` of the prefix's keys, of shape (segments, P).
        own: the places in ``gathered`` of the suffixes' own keys, of shape (T - P,).
    """

    prefix: int
    query_starts: torch.Tensor
    key_starts: torch.Tensor
    longest_query: int
    longest_key: int
    gathered: torch.Tensor
    copies: torch.Tensor
    own: torch.Tensor


def make_segments(pack: Pack) -> Segments:
    """Return the segments of a pack: made once, and used by every layer."""
    library, prefix = import_torch(), pack.prefix
    queries = [prefix, *pack.suffixes] if prefix else [*pack.suffixes]
    keys = [prefix, *(prefix + length for length in pack.suffixes)] if prefix else queries
    query_starts, key_starts = ([0, *accumulate(lengths)] for lengths in (queries, keys))
    gathered: list[int] = []
    copies: list[list[int]] = []
    own: list[int] = []
    for number, length in enumerate(queries):
        copies.append(list(range(len(gathered), len(gathered) + prefix)))
        gathered += range(prefix)
        if number or not prefix:
            own += range(len(gathered), len(gathered) + length)
            gathered += range(query_starts[number], query_starts[number] + length)
    device = pack.input_ids.device

    def place(values: list[int] | list[list[int]], dtype: torch.dtype) -> torch.Tensor:
        placed: torch.Tensor = library.tensor(values, dtype=dtype, device=device)
        return placed

    return Segments(
        prefix,
        place(query_starts, library.int32),
        place(key_starts, library.int32),
        max(queries),
        max(keys),
        place(gathered, library.int64),
        place(copies, library.int64),
        place(own, library.int64),
    )
