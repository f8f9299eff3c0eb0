"""What tokens see of a beginning that all rows share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from ft_core.engine.unsloth_stack import import_torch
from ft_core.infer.generate.cache_layer import KeyValues
from ft_core.infer.generate.prefix import Prefix

if TYPE_CHECKING:
    import torch

__all__ = ["Sight"]

_Seen: TypeAlias = "tuple[int, torch.Tensor | None]"


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of a shared prefix is seen by the tokens that are computed at once, with and without a window.

    Attributes:
        prefix: its tokens have the positions from 0 on.
        places: the positions of the tokens, of shape (rows, tokens), none of them in the prefix.
        nearest: no position is less.
        farthest: none is greater. Both are known without asking the device, which would have to finish its work first.
    """

    prefix: Prefix
    places: torch.Tensor
    nearest: int
    farthest: int
    _seen: dict[int, _Seen] = field(default_factory=dict)

    def look(self, layer: int, window: int | None) -> tuple[KeyValues, torch.Tensor | None]:
        """Return the part of a layer's prefix that any token sees, and which token sees what of it.

        Args:
            layer: the number of the layer.
            window: how many tokens are seen, the newest among them; None: all.

        Returns:
            Keys and values of shape (1, heads, near, size), the prefix's last, and whether each is seen, of shape
            (rows, 1, tokens, near); None where all are.
        """
        keys, values = self.prefix.layers[layer]
        if window is None:
            return (keys, values), None
        if window not in self._seen:  # for the first layer that has it; the others see the same
            self._seen[window] = self._find(window)
        start, seen = self._seen[window]
        return (keys[:, :, start:], values[:, :, start:]), seen

    def _find(self, window: int) -> _Seen:
        length = len(self.prefix.ids)
        start = min(length, max(0, self.nearest - window + 1))
        if self.farthest - window < start:
            return start, None
        before = import_torch().arange(start, length, device=self.places.device)
        return start, self.places[:, None, :, None] - before < window
