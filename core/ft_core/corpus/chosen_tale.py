"""Reading some of the tales of a folder as preparing reads them, with all that lies beside them, and keeping them in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from ft_core.corpus.preparation_context import PreparationContext
from ft_core.corpus.prepared_tale import Telling
from ft_core.corpus.preparing import find_sources
from ft_core.corpus.reading.loading import refusals_error
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.splitting.tale_card import TaleCard
from ft_core.corpus.survey import Survey, survey_tales
from ft_core.corpus.tale_chunk import cut_chunks
from ft_core.corpus.tale_preparation import prepare_tale, refuse_changed
from ft_core.corpus.training_data import Split
from ft_core.data_config import DataConfig
from ft_core.step import Step

__all__ = ["Choose", "ChosenTales", "read_chosen_tales"]

Choose: TypeAlias = Callable[[Sequence[TaleCard]], Collection[str]]
"""Says, of the cards of all tales, the ids of those that are wanted."""


@dataclass(slots=True)
class ChosenTales:
    """The tales that were wanted.

    Attributes:
        tellings: each tale in its own words, with an example or a reason for each event and step; sorted by tale id.
        refusals: every problem of every file that could not be read.
    """

    tellings: list[Telling] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def read_chosen_tales(
    data_dirs: Sequence[str | Path], steps: Sequence[Step], config: DataConfig, choose: Choose
) -> ChosenTales:
    """Read the tales that are wanted, with STAC records and summaries, as held-out tales are prepared.

    Retellings are not read, and no summary is hidden.

    Args:
        data_dirs: folders of annotated tales, or single files.
        steps: in the order in which they run.
        config: the settings under which tales are prepared.
        choose: which tales.

    Raises:
        NoTalesError: a folder is not there, or holds no file that may be a tale.
        TaleError: not one file could be read as a tale.
        DataError: something that lies beside the tales cannot be used.
        HookError: a step fails.
    """
    plain = config.model_copy(update={"retellings": None})
    rules, sources = Rules.without(config.without_rules or ()), find_sources(plain)
    survey = survey_tales(data_dirs, rules, compare_texts=True)
    if not survey.cards:
        raise refusals_error(survey.refusals)
    wanted = choose(survey.cards)
    cards = {card.source: card for card in survey.cards if card.story_id in wanted}
    splits: dict[str, Split] = dict.fromkeys((card.story_id for card in cards.values()), "test")
    hashes = {source: card.raw_hash for source, card in cards.items()}
    context = PreparationContext(plain, rules, splits, hashes, **sources)
    return _collect(survey, context, steps)


def _collect(survey: Survey, context: PreparationContext, steps: Sequence[Step]) -> ChosenTales:
    found = ChosenTales(refusals=[*survey.refusals])
    seen: set[str] = set()
    for item, source in _prepare(survey, context, steps):
        seen.add(source)
        if isinstance(item, Refusal):
            found.refusals.append(item)
        else:
            found.tellings.append(item)
    found.refusals += [refuse_changed(source) for source in context.sources if source not in seen]
    found.tellings.sort(key=lambda telling: telling.story.id)
    return found


def _prepare(survey: Survey, context: PreparationContext, steps: Sequence[Step]) -> Iterator[tuple[Telling | Refusal, str]]:
    for chunk in cut_chunks(survey.files):
        for raw in chunk.read():
            if not isinstance(raw, Refusal) and raw.source in context.sources:
                prepared = prepare_tale(raw, context, steps)
                yield (prepared if isinstance(prepared, Refusal) else prepared.tellings[0]), raw.source
