"""Rows that are computed together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ft_core.engine.unsloth_stack import import_torch
from ft_core.infer.generate.cache_layer import CacheLayer
from ft_core.infer.generate.prefix import Prefix

if TYPE_CHECKING:
    import torch

__all__ = ["RowBatch"]


class RowBatch:
    """Prompts that go on token by token; those that have ended leave.

    In the cache the prefix comes first, then what pads the shorter rows, then the rest of the prompt, then the answer. What
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
        shared, longest = len(prefix.ids), max(map(len, rests))
        lengths = torch.tensor([len(rest) for rest in rests], device=self._device)
        size = shared + longest + room
        self._seen = shared  # tokens in the cache
        self._padded = any(len(rest) < longest for rest in rests)
        places = torch.arange(size, device=self._device)[None]
        self._mask = ((places < shared) | (places >= shared + longest - lengths[:, None])).to(torch.int64)
        self._ids = torch.tensor([[0] * (longest - len(rest)) + list(rest) for rest in rests], device=self._device)
        self._places = (shared + places[:, :longest] - longest + lengths[:, None]).clamp(min=0)
        self._ends = shared + lengths[:, None]
        layers = prefix.layers or (None,) * model.config.get_text_config().num_hidden_layers
        self._layers = [CacheLayer(len(rests), size, each) for each in layers]
        CacheLayerMixin.register(CacheLayer)  # Cache asks of its layers whether they are of this class
        self._cache = Cache(layers=self._layers)

    def begin(self) -> torch.Tensor:
        """Read the prompts, and return logits of shape (rows, vocabulary)."""
        return self._compute(self._ids, self._places)

    def advance(self, tokens: Sequence[int]) -> torch.Tensor:
        """Read one more token of each row, and return logits of shape (rows, vocabulary)."""
        ids = import_torch().tensor(tokens, device=self._device)[:, None]
        logits = self._compute(ids, self._ends)
        self._ends = self._ends + 1
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
        for target, source in zip(free, moved, strict=True):
            order[target] = source
        source, target = (torch.tensor(each, dtype=torch.int64, device=self._device) for each in (moved, free))
        for layer in self._layers:
            layer.keep(stay, source, target)
        index = torch.tensor(order, device=self._device)
        self._mask, self._ends = self._mask[index], self._ends[index]
        return order

    def _compute(self, ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        self._seen += ids.shape[1]
        computed = self._model(
            input_ids=ids,
            attention_mask=self._mask[:, : self._seen] if self._padded else None,
            position_ids=places,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: torch.Tensor = computed.logits[:, -1]
        return logits
