"""Giving a tale events to annotate: its own segments, its paragraphs, or sentences in groups."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias, get_args

from ft_core.infer.annotate.segment.paragraph import list_paragraphs
from ft_core.infer.annotate.segment.sentence import cut_long, group_sentences, list_sentences
from ft_core.infer.annotate.segment.stretch import Stretch
from ft_core.story import Event, Story, TextSpan

__all__ = ["SEGMENTINGS", "Segmentation", "Segmenting", "divide_text", "segment_story"]

Segmenting: TypeAlias = Literal["auto", "spans", "paragraphs", "sentences"]
SEGMENTINGS: tuple[Segmenting, ...] = get_args(Segmenting)


_USUAL: Mapping[str, int] = MappingProxyType({"zh": 180, "ja": 60, "": 300})
"""The median length of a segment in annotated tales: 184 characters in Chinese, 58 in Japanese and 303 in English ones."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """How tales are divided.

    Attributes:
        kind: ``spans`` takes the segments that a tale has; ``auto`` does, too, and divides other tales into paragraphs.
        length: characters that sentences are grouped to; None takes what annotators' segments have in the tale's language.
        longest: characters that no segment is longer than.
    """

    kind: Segmenting = "auto"
    length: int | None = None
    longest: int = 1600

    def choose_length(self, language: str) -> int:
        """Return the length that sentences are grouped to in a language."""
        wanted = self.length or _USUAL.get(language.casefold()[:2], _USUAL[""])
        return min(wanted, max(1, self.longest))


def segment_story(story: Story, segmentation: Segmentation) -> str:
    """Give a tale without segments an event for each stretch of its text; segments that are there are never replaced.

    Returns:
        How the tale is divided: ``spans``, ``paragraphs`` or ``sentences``; ``""`` where it has neither segments nor text,
        or no segments although they are asked for.
    """
    if story.told_events():
        return "spans"
    if segmentation.kind == "spans":
        return ""
    last = max((event.time_order for event in story.events), default=0)
    first = len(story.events)
    stretches = divide_text(story.text, story.language, segmentation)
    for number, stretch in enumerate(stretches):
        story.events.append(_make_event(story, stretch, first + number, last + number + 1))
    kind = "paragraphs" if segmentation.kind == "auto" else segmentation.kind
    return kind if stretches else ""


def divide_text(text: str, language: str, segmentation: Segmentation) -> list[Stretch]:
    """Return stretches in their order that do not overlap and leave out nothing but white space."""
    longest = max(1, segmentation.longest)
    length = segmentation.choose_length(language)
    paragraphs = list_paragraphs(text)
    if segmentation.kind == "sentences":
        sentences = [each for paragraph in paragraphs for each in _list_short(text, paragraph, language, longest)]
        return [each for group in group_sentences(sentences, length) for each in cut_long(text, group, longest)]
    found: list[Stretch] = []
    for paragraph in paragraphs:
        if len(paragraph) <= longest:
            found.append(paragraph)
        else:
            groups = group_sentences(_list_short(text, paragraph, language, longest), length)
            found += (each for group in groups for each in cut_long(text, group, longest))
    return found


def _list_short(text: str, paragraph: Stretch, language: str, longest: int) -> Iterator[Stretch]:
    for sentence in list_sentences(text, paragraph, language):
        yield from cut_long(text, sentence, longest)


def _make_event(story: Story, stretch: Stretch, index: int, time_order: float) -> Event:
    # The same tale gives the same ids, so that a tale that is annotated again can be compared with what it was.
    name = f"{story.id}\0{stretch.start}\0{stretch.end}"
    span = TextSpan(stretch.start, stretch.end, story.text[stretch.start : stretch.end])
    return Event(str(uuid.uuid5(uuid.NAMESPACE_URL, name)), f"$.narrative_events[{index}]", span, time_order)
