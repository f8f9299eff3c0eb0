"""Tale cards for tests of the split, most of them without a text."""

from __future__ import annotations

from ft_core.corpus.splitting.likeness import hash_and_sketch
from ft_core.corpus.splitting.tale_card import TaleCard

__all__ = ["make_card", "make_cards"]


def make_card(story_id: str, text: str = "", culture: str = "") -> TaleCard:
    """Return the card of a tale with this text."""
    text_hash, sketch = hash_and_sketch(text)
    return TaleCard(story_id, f"{story_id}.json", culture=culture, text_hash=text_hash, sketch=sketch)


def make_cards(**cultures: int) -> list[TaleCard]:
    """Return cards without a text: so many tales of each culture, such as ``en0`` and ``en1``."""
    return [make_card(f"{culture}{number}", culture=culture) for culture, size in cultures.items() for number in range(size)]
