"""The tales that a step's prompts are compared on: the packaged samples, once without and once with all optional material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir
from ft_core.story import Event, Stac, Story

__all__ = ["ProbeTale", "Variant", "list_probe_tales"]

Variant: TypeAlias = Literal["bare", "full"]
"""``bare``: no summary, STAC record or instrument anywhere; ``full``: all three for the tale and each of its events."""

_EXCERPT = 60  # characters of the segment that stand for a head of the STAC record


@dataclass(frozen=True, slots=True)
class ProbeTale:
    """A sample tale.

    Attributes:
        id: the tale's.
        content_hash: SHA-256 of its JSON content, so that a tale that was edited is not taken for the one of the training.
        variants: the tale in both forms; a step gets copies, so it cannot change them.
    """

    id: str
    content_hash: str
    variants: Mapping[Variant, Story]


@cache
def list_probe_tales() -> tuple[ProbeTale, ...]:
    """Return the sample tales, sorted by id."""
    bare, full = read_tales([samples_dir()]), read_tales([samples_dir()])
    pairs = zip(bare.stories, full.stories, strict=True)
    tales = [ProbeTale(each.id, bare.hashes[each.id], {"bare": _strip(each), "full": _furnish(more)}) for each, more in pairs]
    return tuple(sorted(tales, key=lambda tale: tale.id))


def _strip(story: Story) -> Story:
    story.summary = ""
    for event in story.events:
        event.stac, event.instrument = None, ""
    return story


def _furnish(story: Story) -> Story:
    story.summary = story.summary or f"{story.title}."
    for event in story.events:
        event.stac = event.stac or _make_stac(event)
        event.instrument = event.instrument or event.text[:8].strip()
    return story


def _make_stac(event: Event) -> Stac:
    return Stac(*(event.text[i * _EXCERPT :][:_EXCERPT].strip() or event.text[:_EXCERPT].strip() for i in range(4)))
