"""Rows that are computed together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ft_core.engine.unsloth_stack import import_torch
from ft_core.infer.generate.cache_layer import CacheLayer
from ft_core.infer.generate.prefix import Prefix
from ft_core.infer.generate.sight import Sight

if TYPE_CHECKING:
    import torch

__all__ = ["RowBatch", "plan_reading"]

_READ_AT_ONCE = {"cuda": 2048, "cpu": 256}  # tokens: enough for the device to be busy
_ALIKE = 0.9


class RowBatch:
    """Prompts that go on token by token; those that have ended leave.

    The cache holds what each row has of its own: what pads the shorter rows, then the rest of the prompt, then the answer. What
    pads is seen by no token and has no position.

    Args:
        model: a causal language model of transformers.
        prefix: what all rows begin with.
        rests: the other tokens of each row, at least one.
        room: the most tokens an answer will have.
    """

    def __init__(self, model: Any, prefix: Prefix, rests: Sequence[Sequence[int]], room: int) -> None:
        from transformers.cache_utils import Cache, CacheLayerMixin

        torch = import_torch()
        self._model, self._device = model, model.device
        self._prefix, self._start = prefix, len(prefix.ids)
        self._rests = [len(rest) for rest in rests]
        shortest, longest = min(self._rests), max(self._rests)
        self._padded, self._seen = shortest < longest, longest
        lengths = torch.tensor(self._rests, device=self._device)[:, None]
        places = torch.arange(longest + room, device=self._device)[None]
        self._mask = (places >= longest - lengths).to(torch.int64)
        self._ids = torch.tensor([[0] * (longest - len(rest)) + list(rest) for rest in rests], device=self._device)
        self._places = self._start + (places[:, :longest] - longest + lengths).clamp(min=0)
        self._ends, self._reach = self._start + lengths, (self._start + shortest, self._start + longest)
        layers = model.config.get_text_config().num_hidden_layers
        self._layers = [CacheLayer(len(rests), longest + room) for _ in range(layers)]
        CacheLayerMixin.register(CacheLayer)  # Cache asks of its layers whether they are of this class
        self._cache = Cache(layers=self._layers)

    def begin(self) -> torch.Tensor:
        """Read the prompts, and return logits of shape (rows, vocabulary).

        Neighbours of similar length are read together, so that little is computed for what pads them.
        """
        parts = plan_reading(self._rests, _READ_AT_ONCE.get(self._device.type, _READ_AT_ONCE["cpu"]))
        logits = [self._read(part) for part in parts]
        self._turn_to(slice(0, len(self._rests)), self._seen)
        return import_torch().cat(logits)

    def advance(self, tokens: Sequence[int]) -> torch.Tensor:
        """Read one more token of each row, and return logits of shape (rows, vocabulary)."""
        ids = import_torch().tensor(tokens, device=self._device)[:, None]
        self._seen += 1
        logits = self._compute(ids, self._ends, self._reach, self._mask[:, : self._seen] if self._padded else None)
        self._ends, self._reach = self._ends + 1, (self._reach[0] + 1, self._reach[1] + 1)
        return logits

    def keep(self, going: Sequence[int]) -> list[int]:
        """Drop the rows that have ended; the last rows take their places.

        Args:
            going: the places of the rows that stay, rising.

        Returns:
            Which row, by its place until now, is at each place.
        """
        torch, stay = import_torch(), len(going)
        free = sorted(set(range(stay)).difference(going))
        moved = [place for place in going if place >= stay]
        order = list(range(stay))
        for place, former in zip(free, moved, strict=True):
            order[place] = former
        source, target = (torch.tensor(each, dtype=torch.int64, device=self._device) for each in (moved, free))
        for layer in self._layers:
            layer.keep(stay, source, target)
        index = torch.tensor(order, device=self._device)
        self._mask, self._ends = self._mask[index], self._ends[index]
        return order

    def _read(self, rows: slice) -> torch.Tensor:
        longest = max(self._rests[rows])
        self._turn_to(rows, self._seen - longest)
        mask = self._mask[rows, : self._seen] if self._padded else None
        reach = self._start, self._start + longest - 1
        return self._compute(self._ids[rows, -longest:], self._places[rows, -longest:], reach, mask)

    def _turn_to(self, rows: slice, length: int) -> None:
        for layer in self._layers:
            layer.turn_to(rows, length)

    def _compute(
        self, ids: torch.Tensor, places: torch.Tensor, reach: tuple[int, int], mask: torch.Tensor | None
    ) -> torch.Tensor:
        """Compute tokens at some places, of which none is before or after the reach."""
        sight = Sight(self._prefix, places, *reach)
        computed = self._model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=places,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
            **({"shared_prefix": sight} if self._start else {}),
        )
        logits: torch.Tensor = computed.logits[:, -1]
        return logits


def plan_reading(lengths: Sequence[int], tokens: int) -> list[slice]:
    """Divide neighbouring rows into parts that are read together.

    A part ends before a row that is more than a tenth shorter than its longest, once it has so many tokens.

    >>> plan_reading([100, 99, 60, 58, 20], 150)
    [slice(0, 2, None), slice(2, 5, None)]
    """
    starts, longest, size = [0], lengths[0], 0
    for row, length in enumerate(lengths):
        if size >= tokens and length < _ALIKE * longest:
            starts.append(row)
            longest, size = length, 0
        longest = max(longest, length)
        size += length
    return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], len(lengths)], strict=True)]
