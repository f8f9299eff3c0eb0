"""A tale in another wording: the paragraphs of a retelling as segments, with the labels of the tale's events."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from ft_core.corpus.beside.retelling import RetellingFile
from ft_core.corpus.beside.retelling_alignment import Alignment, Pair, align
from ft_core.corpus.beside.retelling_paragraph import parse_paragraphs
from ft_core.story import Event, Story, TextSpan

__all__ = ["Retelling", "make_retold_story", "read_retelling"]

_NOWHERE = -1
"""Both offsets of a segment that is in no text of the annotators."""


@dataclass(frozen=True, slots=True)
class Retelling:
    """A retelling that was read.

    Attributes:
        file: where it is.
        story: the tale in this wording, None where it is not used.
        reason: why it is not used, ``""`` where it is.
        paragraphs: how many it has.
        alignment: every pair of event and paragraph, with its score.
        outside: texts beside the braces, which are no paragraphs.
    """

    file: RetellingFile
    story: Story | None = None
    reason: str = ""
    paragraphs: int = 0
    alignment: Alignment = field(default_factory=Alignment)
    outside: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what became of the retelling, as a JSON object for the manifest."""
        paired = {pair.paragraph for pair in self.alignment.pairs}
        return {
            "file": self.file.source,
            "story": self.story.id if self.story else "",
            "used": self.story is not None,
            "reason": self.reason,
            "paragraphs": self.paragraphs,
            "pairs": [pair.as_json() for pair in self.alignment.pairs],
            "untold": [event.path for event in self.alignment.untold],
            "without_event": [number for number in range(self.paragraphs) if number not in paired],
            "outside_braces": list(self.outside),
        }


def read_retelling(story: Story, file: RetellingFile) -> Retelling:
    """Read a retelling of a tale and pair its paragraphs with the tale's events; whatever is wrong is the ``reason``."""
    try:
        text = file.path.read_text(encoding="utf-8-sig")
    except OSError as error:
        return Retelling(file, reason=f"cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        return Retelling(file, reason=f"is not UTF-8 from byte {error.start} on; save it as UTF-8")
    found = parse_paragraphs(text)
    if found.problem:
        return Retelling(file, reason=found.problem, outside=found.outside)
    count = len(found.texts)
    alignment = align(story, found.texts)
    if alignment.refusal:
        return Retelling(file, None, alignment.refusal, count, alignment, found.outside)
    return Retelling(file, make_retold_story(story, file, found.texts, alignment), "", count, alignment, found.outside)


def make_retold_story(story: Story, file: RetellingFile, paragraphs: Sequence[str], alignment: Alignment) -> Story:
    """Return the tale with the paragraphs as its segments; events without one are left out.

    All labels are taken over but STAC, which quotes the words of the tale's own text. The retold tale is named
    ``<tale id>~<variant>``, and an event's path is the place of its paragraph, such as ``$[3]``.
    """
    return Story(
        id=f"{story.id}~{file.variant}",
        title=story.title,
        culture=story.culture,
        language=story.language,
        text="\n".join(paragraphs),
        summary=story.summary,
        source=file.source,
        characters=[replace(character) for character in story.characters],
        events=[_retell(pair, paragraphs[pair.paragraph]) for pair in alignment.list_used()],
        annotations=deepcopy(story.annotations),
    )


def _retell(pair: Pair, paragraph: str) -> Event:
    event = pair.event
    return replace(
        event,
        path=f"$[{pair.paragraph}]",
        span=TextSpan(_NOWHERE, _NOWHERE, paragraph),
        agents=[*event.agents],
        targets=[*event.targets],
        relationships=[replace(tie) for tie in event.relationships],
        action=replace(event.action) if event.action else None,
        stac=None,
        annotations=deepcopy(event.annotations),
    )
