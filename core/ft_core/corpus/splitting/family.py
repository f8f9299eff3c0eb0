"""Families: tales that are the same tale, and so belong on the same side of the split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ft_core.corpus.splitting.alike import AlikePair
from ft_core.corpus.splitting.kinship import Kinship
from ft_core.corpus.splitting.tale_card import TaleCard

__all__ = ["Family", "group_families", "list_families"]


@dataclass(frozen=True, slots=True)
class Family:
    """Tales that are drawn as one.

    Attributes:
        family_id: the smallest id of its tales, which also decides the draw.
        culture: of the tale with that id.
        tales: the ids, sorted.
        is_told: whether any event of any of them has a segment.
    """

    family_id: str
    culture: str
    tales: tuple[str, ...]
    is_told: bool = True

    @property
    def size(self) -> int:
        """How many tales it has."""
        return len(self.tales)


def group_families(cards: Sequence[TaleCard], pairs: Iterable[AlikePair]) -> dict[str, str]:
    """Return the family of each tale, by id, sorted: the smallest id of all tales that pairs connect with it."""
    ids = sorted(card.story_id for card in cards)
    kinship = Kinship(ids)
    for pair in pairs:
        kinship.join(pair.first_id, pair.second_id)
    return {each: kinship.find_family(each) for each in ids}


def list_families(cards: Sequence[TaleCard], family_of: Mapping[str, str]) -> list[Family]:
    """Return the families in the order of their ids."""
    cultures = {card.story_id: card.culture for card in cards}
    told = {family_of[card.story_id] for card in cards if card.is_told}
    tales: dict[str, list[str]] = defaultdict(list)
    for story_id in sorted(cultures):
        tales[family_of[story_id]].append(story_id)
    return [Family(each, cultures[each], tuple(tales[each]), each in told) for each in sorted(tales)]
