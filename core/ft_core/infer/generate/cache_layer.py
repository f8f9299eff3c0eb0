"""Keys and values of one layer, with room for the tokens to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch

__all__ = ["CacheLayer", "KeyValues"]

KeyValues: TypeAlias = "tuple[torch.Tensor, torch.Tensor]"
"""Keys and values of one layer, each of shape (rows, heads, tokens, size)."""


class CacheLayer:
    """A layer of a transformers ``Cache`` that writes into room it has reserved.

    The library's own layer copies all that is there to append one token, and again to drop a row.

    Args:
        rows: how many rows there are.
        room: the most tokens a row will have.
    """

    is_initialized: ClassVar[bool] = True
    is_sliding: ClassVar[bool] = False
    is_compileable: ClassVar[bool] = False

    def __init__(self, rows: int, room: int) -> None:
        self._reserved, self._room = rows, room
        self._rows, self._length = slice(0, rows), 0
        self._keys: torch.Tensor | None = None
        self._values: torch.Tensor | None = None

    def turn_to(self, rows: slice, length: int) -> None:
        """Let only some rows be seen and written, as if each had so many tokens; where nothing was written there are zeros."""
        self._rows, self._length = rows, length

    def update(self, keys: torch.Tensor, values: torch.Tensor, *_: Any, **__: Any) -> KeyValues:
        """Append tokens, and return all that are there."""
        if self._keys is None or self._values is None:
            self._keys, self._values = self._reserve(keys), self._reserve(values)
        start, self._length = self._length, self._length + keys.shape[2]
        self._keys[self._rows, :, start : self._length] = keys
        self._values[self._rows, :, start : self._length] = values
        return self._keys[self._rows, :, : self._length], self._values[self._rows, :, : self._length]

    def keep(self, rows: int, source: torch.Tensor, target: torch.Tensor) -> None:
        """Go on with the first rows only, after some others have been moved into them.

        Args:
            rows: how many stay.
            source: places of the rows that are moved.
            target: where they are moved to.
        """
        for each in (self._keys, self._values):
            if each is not None and len(source):
                each[target, :, : self._length] = each[source, :, : self._length]
        self._rows = slice(0, rows)

    def get_seq_length(self) -> int:
        """Return how many tokens a row has."""
        return self._length

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Return how many keys a query of that length sees, and which is the first."""
        return self._length + query_length, 0

    def _reserve(self, like: torch.Tensor) -> torch.Tensor:
        _, heads, _, size = like.shape
        # Zeros: what pads a row has no weight, but no weight times what is not a number is no number.
        reserved: torch.Tensor = import_torch().zeros(
            (self._reserved, heads, self._room, size), dtype=like.dtype, device=like.device
        )
        return reserved
