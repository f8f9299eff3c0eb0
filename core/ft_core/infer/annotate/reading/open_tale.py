"""A tale that is ready to be annotated: read, divided, with the characters and the summary that it starts from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from ft_core.corpus.beside.summary import Summaries
from ft_core.corpus.beside.tale_text import TaleTexts
from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.rule import Rules
from ft_core.infer.annotate.reading.tale_survey import FoundTale, read_found
from ft_core.infer.annotate.segment.segmentation import Segmentation, segment_story
from ft_core.infer.annotate.setting import AnnotationSettings
from ft_core.story import Character, Story

__all__ = ["OpenTale", "open_tale"]


@dataclass(slots=True)
class OpenTale:
    """A tale under way.

    Attributes:
        found: which tale it is.
        story: the tale, as the steps change it.
        segmenting: how it is divided: ``spans``, ``paragraphs`` or ``sentences``.
        summary_origin: ``tale``, ``table``, ``model`` or ``none``.
    """

    found: FoundTale
    story: Story
    segmenting: str
    summary_origin: str = "none"
    _own_summary: str = ""
    _own_cast: list[Character] = field(default_factory=list)

    def settle(self) -> None:
        """Put back what was only lent or hidden: a summary that is not the tale's own, characters that were not shown."""
        self.story.summary = self._own_summary
        listed = {each.name: each for each in self.story.characters}
        for character in reversed(self._own_cast):
            found = listed.get(character.name)
            if found is not None:
                self.story.characters.remove(found)
                character.aliases = character.aliases or found.aliases
                character.archetype = character.archetype or found.archetype
            self.story.characters.insert(0, character)


def open_tale(
    found: FoundTale, raw: RawTale, settings: AnnotationSettings, segmentation: Segmentation, summaries: Summaries
) -> OpenTale | list[Refusal]:
    """Read a tale and make it ready, or say why that is not possible.

    Args:
        found: the tale, as it was surveyed.
        raw: its bytes.
        settings: what was asked for.
        segmentation: how it is divided; ``longest`` is what the base model can take.
        summaries: those of CSV files.
    """
    try:
        story = read_found(raw, Rules())
    except RefusedError as error:
        return error.refusals
    if not story.text:
        _find_text(story, raw.file.path)
    segmenting = segment_story(story, segmentation)
    if not segmenting:
        return [Refusal(found.source, "$", _explain(story))]
    tale = OpenTale(found, story, segmenting, "tale" if story.summary else "none", story.summary)
    row = None if story.summary else summaries.find(story.id)
    if row is not None:
        story.summary, tale.summary_origin = row.text, "table"
    if settings.roster == "none":
        tale._own_cast = [replace(each) for each in story.characters]
        story.characters = []
    return tale


def _find_text(story: Story, path: Path) -> None:
    """Take the text that lies beside a tale without one."""
    beside = TaleTexts().read(story.id, path)
    if beside is not None and not beside.problem:
        story.text = beside.text


def _explain(story: Story) -> str:
    if story.text.strip():
        return "has no segments, which --segment spans asks for; give --segment paragraphs or sentences"
    return "has neither a text nor a segment, so there is nothing to annotate"
