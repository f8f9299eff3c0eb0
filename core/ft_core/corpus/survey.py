"""The first look at all tales: which there are, in which version, and how alike their texts are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ft_core.corpus.process_pool import map_in_order
from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.files import TaleFile, find_tale_files
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.tale import SidecarFound, survey_tale
from ft_core.corpus.reading.version_choice import choose_versions
from ft_core.corpus.splitting.likeness import hash_and_sketch, hash_text
from ft_core.corpus.splitting.tale_card import TaleCard
from ft_core.corpus.tale_chunk import TaleChunk, cut_chunks

__all__ = ["Survey", "survey_tales"]


@dataclass(slots=True)
class Survey:
    """What some folders hold.

    Attributes:
        files: the files that hold tales, in order.
        cards: the tales that are used.
        refusals: every problem of every file that is not.
        superseded: files that a later version of the same tale takes the place of, with that file.
        left_out: STAC sidecars and what ft-core wrote itself, which are no tales, sorted.
    """

    files: list[TaleFile] = field(default_factory=list)
    cards: list[TaleCard] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    superseded: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def survey_tales(data_dirs: Sequence[str | Path], rules: Rules, *, compare_texts: bool, workers: int = 1) -> Survey:
    """Check every tale of some folders, and keep a card of each: less than 2 kB where id and culture are short names.

    Args:
        data_dirs: folders, or single files.
        rules: the repairs that are made.
        compare_texts: whether the cards are to tell how alike the tales' texts are.
        workers: how many processes read.

    Raises:
        NoTalesError: a folder is not there, or nothing was found that could be a tale.
    """
    found = find_tale_files(data_dirs)
    survey = Survey(found.tales, refusals=[*found.refusals], left_out=[*found.left_out])
    cards: list[TaleCard] = []
    for part in map_in_order(_Surveyor, (rules, compare_texts), cut_chunks(found.tales), workers):
        cards += part.cards
        survey.refusals += part.refusals
        survey.left_out += part.left_out
    choice = choose_versions(cards)
    survey.cards = choice.kept
    survey.refusals += choice.refusals
    survey.superseded = choice.superseded
    survey.left_out.sort()
    return survey


class _Surveyor:
    """Looks at a chunk of tales."""

    def __init__(self, rules: Rules, compare_texts: bool) -> None:
        self._rules = rules
        self._compare_texts = compare_texts

    def __call__(self, chunk: TaleChunk) -> Survey:
        survey = Survey()
        for raw in chunk.read():
            if isinstance(raw, Refusal):
                survey.refusals.append(raw)
            else:
                survey.cards += self._look_at(raw, survey)
        return survey

    def _look_at(self, raw: RawTale, survey: Survey) -> Iterator[TaleCard]:
        try:
            tale = survey_tale(raw, self._rules)
        except SidecarFound:
            survey.left_out.append(raw.source)
        except RefusedError as error:
            survey.refusals += error.refusals
        else:
            head = tale.head
            # The hash is made in any case: the manifest keeps it, so that a tale is known again under another name.
            text_hash, sketch = hash_and_sketch(head.text) if self._compare_texts else (hash_text(head.text), b"")
            yield TaleCard(
                head.story_id,
                raw.source,
                tale.version,
                head.culture,
                head.language,
                head.events,
                head.is_told,
                tale.content_hash,
                raw.hash(),
                text_hash,
                sketch,
            )
