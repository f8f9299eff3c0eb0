"""The layout of a pack: ``[prefix][suffix 1][suffix 2]…``, where every suffix goes on from the prefix.

All examples of a step share the static part of their prompt. Each suffix attends to the prefix and to itself, and its positions
continue from the prefix, so losses and gradients are those of the separate rows. A pack without a prefix is plain packing, one
with a single suffix is a row alone: one layout for all three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from ft_core.engine.rows import Row
from ft_core.engine.unsloth_stack import import_torch

if TYPE_CHECKING:
    import torch

__all__ = ["Pack", "common_prefix", "make_pack"]


@dataclass(frozen=True, slots=True)
class Pack:
    """Rows in one sequence of T tokens, ``prefix + sum(suffixes) == T``.

    Attributes:
        prefix: the number of tokens that all rows begin with, 0 where nothing is shared.
        suffixes: the number of further tokens of each row.
        rows: the places of the rows among the training rows, one for each suffix.
        input_ids, position_ids: of shape (1, T).
        predicting: the places, of shape (n,), whose next token is learnt.
        targets: these tokens, of shape (n,).
    """

    prefix: int
    suffixes: tuple[int, ...]
    rows: tuple[int, ...]
    input_ids: torch.Tensor
    position_ids: torch.Tensor
    predicting: torch.Tensor
    targets: torch.Tensor

    @property
    def tokens(self) -> int:
        """T, the tokens that are computed."""
        return self.prefix + sum(self.suffixes)

    @property
    def trained(self) -> int:
        """n, the tokens that are learnt."""
        return int(self.targets.numel())

    def to(self, device: torch.device | str) -> Pack:
        """Return the pack with its tensors on a device."""
        moved: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if hasattr(value, "to"):
                moved[field.name] = value.to(device, non_blocking=True)
        return replace(self, **moved)


def common_prefix(rows: Sequence[Row]) -> int:
    """Return how many tokens all rows begin with, less than any prompt: its last token is where an answer is predicted."""
    longest = min(row.prompt_length for row in rows) - 1
    first = rows[0].input_ids
    return next((i for i in range(longest) if any(row.input_ids[i] != first[i] for row in rows)), longest)


def make_pack(rows: Sequence[Row], places: Sequence[int], prefix: int) -> Pack:
    """Put some rows into one sequence.

    Args:
        rows: all training rows.
        places: which of them, in the order of their suffixes.
        prefix: tokens that these rows share, as :func:`common_prefix` counts them, or 0.
    """
    torch = import_torch()
    chosen = [rows[place] for place in places]
    ids, positions = list(chosen[0].input_ids[:prefix]), list(range(prefix))
    predicting: list[int] = []
    targets: list[int] = []
    for row in chosen:
        start = len(ids) - prefix  # where the row would begin if its suffix stood here
        ids += row.input_ids[prefix:]
        positions += range(prefix, len(row.input_ids))
        predicting += range(start + row.prompt_length - 1, start + len(row.input_ids) - 1)
        targets += row.input_ids[row.prompt_length :]
    return Pack(
        prefix,
        tuple(len(row.input_ids) - prefix for row in chosen),
        tuple(places),
        torch.tensor([ids]),
        torch.tensor([positions]),
        torch.tensor(predicting),
        torch.tensor(targets),
    )
