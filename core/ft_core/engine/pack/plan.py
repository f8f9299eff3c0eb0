"""Which rows of an optimizer step go into one pack: first-fit decreasing up to a budget of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Packing", "PackingPlan", "split_pack"]

Packing: TypeAlias = Literal["shared", "plain", "none"]
"""``shared``: rows of a pack share their prefix; ``plain``: they only stand in one sequence; ``none``: every row alone."""


@dataclass(frozen=True, slots=True)
class PackingPlan:
    """How the rows of a step are packed.

    Attributes:
        kind: what the rows of a pack share.
        prefix: tokens that all rows of the step begin with; 0 unless ``kind`` is ``shared``.
        budget: tokens in a pack at most; a row that is longer has a pack of its own.
        reason: why ``kind`` is not ``shared``, ``""`` where it is.
    """

    kind: Packing
    prefix: int
    budget: int
    reason: str = ""

    def group(self, places: Sequence[int], lengths: Sequence[int]) -> list[tuple[int, ...]]:
        """Divide the rows of an optimizer step into packs, each row once.

        First-fit decreasing: the longest rows first, equal ones in their order, each into the first pack with room. The result
        depends on the rows alone.

        Args:
            places: the rows, by their places among all.
            lengths: the length of each of all rows, in tokens.

        >>> PackingPlan("shared", prefix=10, budget=28).group([0, 1, 2], [22, 18, 15])
        [(0, 2), (1,)]
        """
        if self.kind == "none":
            return [(place,) for place in places]
        packs: list[list[int]] = []
        room: list[int] = []
        for place in sorted(places, key=lambda each: (-lengths[each], each)):
            needed = lengths[place] - self.prefix
            fitting = next((number for number, left in enumerate(room) if left >= needed), None)
            if fitting is None:
                packs.append([place])
                room.append(self.budget - self.prefix - needed)
            else:
                packs[fitting].append(place)
                room[fitting] -= needed
        return [tuple(pack) for pack in packs]


def split_pack(pack: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the two halves of a pack that did not fit into memory; a single row cannot be halved.

    >>> split_pack((4, 1, 7)), split_pack((4,))
    ([(4, 1), (7,)], [(4,)])
    """
    middle = (len(pack) + 1) // 2
    return [half for half in (pack[:middle], pack[middle:]) if half]
