"""Finding tales that are the same tale: by their ids, or by the same or nearly the same text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ft_core.corpus.splitting.kinship import Kinship
from ft_core.corpus.splitting.likeness import SKETCH_BYTES, estimate_similarity
from ft_core.corpus.splitting.tale_card import TaleCard

__all__ = ["NEAR_IDENTICAL", "AlikePair", "Reason", "find_alike", "find_id_root"]

Reason: TypeAlias = Literal["same id root", "same text", "near-identical text"]

NEAR_IDENTICAL = 0.5
"""From this share of common shingles on, two texts are nearly the same; about every sixteenth letter may differ."""

_BAND_BYTES = 16
"""Four slots a band, 32 bands: of pairs with similarity 0.5 they find 87 %, with 0.6 99 %, with 0.16 2 % to be looked at."""

_MOST_COMPARED = 4
"""With so many tales of a bucket another one is compared, each of another family."""

_ID_ROOT = re.compile(r"([a-z]{2,3})_([0-9]{3,})(?:_|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AlikePair:
    """Two tales that are the same tale.

    Attributes:
        first_id, second_id: their ids, in order.
        reason: what shows it.
        similarity: share of common shingles, 1.0 for the same text, None where a text is missing or too short to tell.
    """

    first_id: str
    second_id: str
    reason: Reason
    similarity: float | None = None


def find_alike(cards: Sequence[TaleCard]) -> list[AlikePair]:
    """Find the tales that are the same tale: enough pairs to connect them, so a family of four gives three.

    Ids are looked at first, then equal texts, then sketches. Sketches are compared only where they agree in a band, and
    with few tales of one band, so that many like tales cost no more than many unlike ones.

    Returns:
        The pairs by id, whatever the order of the cards.
    """
    search = _Search(cards)
    search.join_equal("same id root", lambda card: find_id_root(card.story_id))
    search.join_equal("same text", lambda card: card.text_hash)
    search.join_near_identical()
    return sorted(search.pairs, key=lambda pair: (pair.first_id, pair.second_id))


def find_id_root(story_id: str) -> str:
    """Return the collection and number that an id begins with, or ``""``: ids of one root are annotations of one tale.

    Two or three letters and at least three digits make a root. Other ids have none, for in ``sample_en_04_tam_lin`` or
    ``grimm2`` nothing tells the number of a tale from the number of something else.

    >>> find_id_root("CH_002_牛郎织女2"), find_id_root("jp_001"), find_id_root("sample_en_04_tam_lin")
    ('ch_002', 'jp_001', '')
    """
    match = _ID_ROOT.match(story_id)
    return f"{match[1]}_{match[2]}".lower() if match else ""


class _Search:
    def __init__(self, cards: Sequence[TaleCard]) -> None:
        self.pairs: list[AlikePair] = []
        self._cards = sorted(cards, key=lambda card: card.story_id)
        self._kinship = Kinship(card.story_id for card in cards)

    def join_equal(self, reason: Reason, read_key: Callable[[TaleCard], str | bytes]) -> None:
        first_of: dict[str | bytes, TaleCard] = {}
        for card in self._cards:
            first = first_of.setdefault(key, card) if (key := read_key(card)) else card
            if first is not card:
                self._join(first, card, reason, _tell_similarity(first, card))

    def join_near_identical(self) -> None:
        sketched = [card for card in self._cards if card.sketch]
        for start in range(0, SKETCH_BYTES, _BAND_BYTES):
            buckets: dict[bytes, list[TaleCard]] = {}
            for card in sketched:
                bucket = buckets.setdefault(card.sketch[start : start + _BAND_BYTES], [])
                if not self._join_near(bucket, card) and len(bucket) < _MOST_COMPARED:
                    bucket.append(card)

    def _join_near(self, bucket: list[TaleCard], card: TaleCard) -> bool:
        joined = False
        for other in bucket:
            if not self._kinship.are_related(other.story_id, card.story_id):
                similarity = estimate_similarity(other.sketch, card.sketch)
                if similarity < NEAR_IDENTICAL:
                    continue
                self._join(other, card, "near-identical text", round(similarity, 2))
            joined = True
        return joined

    def _join(self, first: TaleCard, second: TaleCard, reason: Reason, similarity: float | None) -> None:
        if self._kinship.join(first.story_id, second.story_id):
            self.pairs.append(AlikePair(first.story_id, second.story_id, reason, similarity))


def _tell_similarity(first: TaleCard, second: TaleCard) -> float | None:
    if first.text_hash and first.text_hash == second.text_hash:
        return 1.0
    return round(estimate_similarity(first.sketch, second.sketch), 2) if first.sketch and second.sketch else None
