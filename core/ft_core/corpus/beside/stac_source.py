"""What a sidecar knows of a tale: its sentences at their places in the tale's text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ft_core.corpus.beside.bare_text import BareText
from ft_core.corpus.beside.stac_alignment import PlacedSentence, find_span, place_sentences
from ft_core.corpus.beside.stac_record import Piece, cut_pieces, make_record
from ft_core.corpus.beside.stac_sentence import Sidecar, StacSentence, parse_sidecar
from ft_core.corpus.beside.stac_sidecar import SidecarFile
from ft_core.corpus.beside.tale_text import TaleText, TaleTexts
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.side_file import read_side_file
from ft_core.story import Event, Stac, Story, TextSpan

__all__ = ["DerivedRecord", "StacSource", "read_stac_source"]


@dataclass(frozen=True, slots=True)
class DerivedRecord:
    """A STAC record and the pieces of sentences that it was made of."""

    stac: Stac
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class StacSource:
    """A sidecar beside the text of its tale.

    Attributes:
        sidecar: what the sidecar says.
        text: the tale's text.
        text_source: the file of the text; the tale's own where it has no other.
        placed: the sentences with a category that were found, in the order of the text.
        lost: those that were not.
        problems: of sentences and of the text.
        digest: SHA-256 over the bytes of sidecar and text.
    """

    sidecar: Sidecar
    text: BareText
    text_source: str
    placed: tuple[PlacedSentence, ...]
    lost: tuple[StacSentence, ...]
    problems: tuple[Refusal, ...]
    digest: bytes

    def derive(self, story: Story, event: Event, span: TextSpan) -> DerivedRecord | Refusal:
        """Make the record of an event from the sentences in its segment, or say why there is none."""
        segment = BareText.of(span.text)
        place = find_span(span, segment, self.text)
        path = f"{event.path}.text_span"
        if place.problem:
            return Refusal(story.source, path, f"its text {place.problem} in {self.text_source}, so it has no STAC record")
        record = self.gather(story, segment, place.start)
        if not record.pieces:
            reason = f"no sentence with a category in {self.sidecar.source} has at least a quarter of itself in this segment"
            return Refusal(story.source, path, f"{reason}, so it has no STAC record")
        return record

    def gather(self, story: Story, segment: BareText, start: int) -> DerivedRecord:
        """Make the record of a segment that stands at a place of the text, in characters without white space."""
        pieces = cut_pieces(self.placed, start, start + len(segment.bare))
        return DerivedRecord(make_record(pieces, segment, story.sentence_joint), tuple(pieces))


def read_stac_source(story: Story, tale_path: Path, file: SidecarFile, texts: TaleTexts) -> StacSource:
    """Read a sidecar and find its sentences in the tale's text.

    Args:
        story: the tale; its own text is used where it has no other that can be read.
        tale_path: the file of the tale.
        file: the sidecar.
        texts: where the texts are.

    Raises:
        RefusedError: the sidecar cannot be used; all its problems are told.
    """
    data = read_side_file(file.path, file.source)
    sidecar = parse_sidecar(data, file.source)
    text, problems = _read_text(story, tale_path, texts)
    bare = BareText.of(text.text)
    placed, lost = place_sentences(sidecar.sentences, bare)
    used = tuple(each for each in placed if each.sentence.head)
    missed = tuple(each for each in lost if each.head)
    told = (*sidecar.problems, *problems, *_tell_lost(missed, sidecar, text, found_any=bool(used)))
    digest = hashlib.sha256(hashlib.sha256(data).digest() + hashlib.sha256(text.data).digest()).digest()
    return StacSource(sidecar, bare, text.source, used, missed, told, digest)


def _read_text(story: Story, tale_path: Path, texts: TaleTexts) -> tuple[TaleText, list[Refusal]]:
    found = texts.read(story.id, tale_path)
    if found and not found.problem:
        return found, []
    # No bytes: whoever has a digest of the tale has one of its own text.
    problems = [Refusal(found.source, "$", f"{found.problem}; the tale's own text is used instead")] if found else []
    return TaleText(story.source, story.text), problems


def _tell_lost(lost: Sequence[StacSentence], sidecar: Sidecar, text: TaleText, *, found_any: bool) -> list[Refusal]:
    if sidecar.count and not text.text.strip():
        return [Refusal(text.source, "$", f"the tale has no text in which the sentences of {sidecar.source} could be found")]
    if lost and not found_any:
        return [Refusal(sidecar.source, "$.sentences", f"none is found in {text.source}; is it the sidecar of another text?")]
    reason = f"is not found in {text.source} behind the sentences before it, so it is not used"
    return [Refusal(sidecar.source, sentence.path, reason) for sentence in lost]
