"""The beginning that prompts share, computed once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from ft_core.engine.unsloth_stack import import_torch
from ft_core.infer.generate.cache_layer import KeyValues

__all__ = ["NO_PREFIX", "Prefix", "PrefixStore", "find_shared_length"]


@dataclass(frozen=True, slots=True)
class Prefix:
    """Tokens with their keys and values.

    Attributes:
        ids: the tokens.
        layers: for each layer of the model; empty where there are no tokens.
    """

    ids: tuple[int, ...]
    layers: tuple[KeyValues, ...]

    def cut(self, length: int) -> Prefix:
        """Return its first tokens: later ones have no part in their keys and values."""
        if not length:
            return NO_PREFIX
        return Prefix(self.ids[:length], tuple((keys[:, :, :length], values[:, :, :length]) for keys, values in self.layers))


NO_PREFIX = Prefix((), ())
"""What prompts share that share nothing."""


class PrefixStore:
    """The latest prefix of each step, with its adapter and without.

    Args:
        model: a causal language model of transformers.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._held: dict[Hashable, Prefix] = {}

    def find(self, key: Hashable, prompts: Sequence[Sequence[int]]) -> Prefix:
        """Return the longest beginning of all the prompts that leaves each of them a token.

        What is held under the key from earlier prompts is used as far as it goes.

        Args:
            key: whatever decides the weights: the step, and whether its adapter is active.
            prompts: token ids, at least one prompt.
        """
        shared = min(find_shared_length(prompts), min(map(len, prompts)) - 1)
        ids = tuple(prompts[0][:shared])
        held = self._held.get(key, NO_PREFIX)
        known = held.cut(find_shared_length([held.ids, ids]))
        if len(known.ids) < shared:
            known = self._held[key] = self._extend(known, ids)
        return known

    def _extend(self, known: Prefix, ids: tuple[int, ...]) -> Prefix:
        from transformers import DynamicCache

        torch, cache = import_torch(), DynamicCache()
        for layer, (keys, values) in enumerate(known.layers):
            cache.update(keys, values, layer)
        done = len(known.ids)
        device = self._model.device
        self._model(
            input_ids=torch.tensor([ids[done:]], device=device),
            position_ids=torch.arange(done, len(ids), device=device)[None],
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        return Prefix(ids, tuple((layer.keys, layer.values) for layer in cache.layers))


def find_shared_length(sequences: Sequence[Sequence[int]]) -> int:
    """Return how many tokens all the sequences begin with.

    >>> find_shared_length([[5, 6, 7, 8], [5, 6, 9], [5, 6, 7]])
    2
    """
    # The least and the greatest differ first where any two do.
    tuples = [tuple(each) for each in sequences]
    least, greatest = min(tuples), max(tuples)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(least, greatest, strict=False)))
