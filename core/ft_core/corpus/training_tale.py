"""The tales behind the training examples, read once more, with all that was laid beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ft_core.corpus.lot import draw_lot
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.tale_chunk import cut_chunks
from ft_core.corpus.tale_preparation import prepare_tale
from ft_core.errors import TaleError
from ft_core.story import Story

__all__ = ["TrainingTale", "choose_tales", "read_training_tales"]


@dataclass(frozen=True, slots=True)
class TrainingTale:
    """A tale, or a retelling of one, as the steps saw it when the examples were made.

    Attributes:
        story: a copy of one's own.
        without_summary: ids of the events whose prompts have no summary.
    """

    story: Story
    without_summary: frozenset[str]


def choose_tales(preparation: Preparation, share: float) -> tuple[str, ...]:
    """Return the ids of a share of the training tales, chosen by the seed, sorted; at least one, where there is one.

    Args:
        preparation: with the split and the seed.
        share: from 0 to 1; 0 chooses none.
    """
    tales, seed = preparation.list_tales()["train"], preparation.config.seed
    number = max(1, round(share * len(tales))) if share else 0
    return tuple(sorted(sorted(tales, key=lambda tale: draw_lot(seed, "predicted_inputs", tale))[:number]))


def read_training_tales(preparation: Preparation, tales: Collection[str]) -> Iterator[TrainingTale]:
    """Yield some of the training tales, each with its retellings after it, in the order of their files.

    Args:
        preparation: what the examples were made by.
        tales: ids of tales.

    Raises:
        TaleError: a file has been changed or removed since.
    """
    chosen = {card.source for card in preparation.survey.cards if card.story_id in tales}
    for chunk in cut_chunks(preparation.survey.files):
        for raw in chunk.read():
            if isinstance(raw, Refusal) or raw.source not in chosen:
                continue
            prepared = prepare_tale(raw, preparation.context, ())
            if isinstance(prepared, Refusal):
                raise TaleError(str(prepared))
            chosen.discard(raw.source)
            for telling in prepared.tellings:
                yield TrainingTale(telling.story, telling.without_summary)
    if chosen:
        raise TaleError(f"{min(chosen)} was changed or removed since the examples were made of it; run the command again.")
