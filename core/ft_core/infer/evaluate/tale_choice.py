"""Which tales an adapter may be measured on: never one that it was trained on, under whatever name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ft_core.corpus.splitting.alike import find_id_root
from ft_core.corpus.splitting.tale_card import TaleCard
from ft_core.corpus.training_data import SPLITS, Split, TrainingData

__all__ = ["LeftOutTale", "TaleChoice", "choose_tales"]


@dataclass(frozen=True, slots=True)
class LeftOutTale:
    """A tale that is not measured on, and why."""

    story_id: str
    file: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return it as results.json has it."""
        return {"story": self.story_id, "file": self.file, "reason": self.reason}


@dataclass(slots=True)
class TaleChoice:
    """The tales that are measured on.

    Attributes:
        chosen: their ids.
        new: those of them that the run does not know.
        left_out: all others.
    """

    chosen: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    left_out: list[LeftOutTale] = field(default_factory=list)


def choose_tales(cards: Sequence[TaleCard], data: TrainingData, split: Split) -> TaleChoice:
    """Choose the tales of a split, and for the test also tales that the run does not know.

    A tale is known by its id, by its content and by its text; an unknown one is also held to be known where its id has the
    root of a known one (see :func:`ft_core.corpus.splitting.alike.find_id_root`).

    Args:
        cards: of all tales that are there.
        data: what the run was trained on.
        split: which tales are wanted.
    """
    known = _KnownTales(data, split)
    choice = TaleChoice()
    for card in sorted(cards, key=lambda each: each.story_id):
        reason = known.find_reason(card)
        if reason:
            choice.left_out.append(LeftOutTale(card.story_id, card.source, reason))
            continue
        choice.chosen.add(card.story_id)
        if card.story_id not in known.splits:
            choice.new.add(card.story_id)
    return choice


class _KnownTales:
    """The tales of a run."""

    def __init__(self, data: TrainingData, split: Split) -> None:
        self.splits = {story_id: each for each in SPLITS for story_id in data.tales.get(each, ())}
        self._split = split
        self._roots = {root: story_id for story_id in self.splits if (root := find_id_root(story_id))}
        self._contents = _invert(data.hashes, 0)
        self._texts = _invert(data.hashes, 1)

    def find_reason(self, card: TaleCard) -> str | None:
        """Say why a tale is left out, or return None where it is measured on."""
        held = self.splits.get(card.story_id)
        if not card.is_told:
            return "no event has a segment"
        if held not in {None, self._split}:
            return f"is in {held} of the run"
        if held is None and self._split != "test":
            return "is not a tale of the run"
        return self._find_double(card, held)

    def _find_double(self, card: TaleCard, held: Split | None) -> str | None:
        for double, what in self._list_doubles(card, held):
            there = self.splits[double]
            if there != self._split:
                return f"has {what} {double}, which is in {there} of the run"
        return None

    def _list_doubles(self, card: TaleCard, held: Split | None) -> Iterator[tuple[str, str]]:
        for found, key, what in (
            (self._contents, card.content_hash, "the content of"),
            (self._texts, card.text_hash.hex(), "the text of"),
        ):
            yield from ((double, what) for double in found.get(key, ()) if double in self.splits and double != card.story_id)
        if held is None and (double := self._roots.get(find_id_root(card.story_id))):
            yield double, "the id root of"


def _invert(hashes: Mapping[str, tuple[str, str]], place: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for story_id, pair in sorted(hashes.items()):
        if pair[place]:
            found.setdefault(pair[place], []).append(story_id)
    return found
