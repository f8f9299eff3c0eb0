"""A tale in other segments: the sentences of its sidecar grouped anew, each group with the STAC record that they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ft_core.corpus.beside.bare_text import BareText
from ft_core.corpus.beside.stac_alignment import PlacedSentence
from ft_core.corpus.beside.stac_labelling import StacLabelling
from ft_core.corpus.beside.stac_record import list_filled
from ft_core.corpus.beside.stac_source import StacSource
from ft_core.corpus.lot import draw_lot
from ft_core.corpus.reading.record import Refusal
from ft_core.story import Event, Story, TextSpan

__all__ = ["CutTale", "cut_anew"]

_LENGTHS = (1, 2, 3, 4, 5, 6)
"""The lengths of groups, in sentences, where no record of the tale says how long the annotators' segments are."""

_NOWHERE = -1
"""The offsets of a segment of a text that need not be the tale's own."""


@dataclass(frozen=True, slots=True)
class CutTale:
    """A tale in other segments.

    Attributes:
        story: the tale with its characters and its summary; its events have no labels but STAC.
        problems: the segments that were left away, and why.
    """

    story: Story
    problems: tuple[Refusal, ...] = ()


def cut_anew(story: Story, labelling: StacLabelling, *, seed: int, number: int, min_fields: int) -> CutTale | None:
    """Return a tale whose segments are whole sentences of its sidecar, as many in each as annotators put into one.

    How many, the seed draws from the numbers of sentences that the tale's own records are made of. Sentences that do not
    follow upon one another in the text are never in one segment. The tale is named ``<tale id>~cut-<number>``; its events are
    numbered from 1 on, and the path of each leads to its first sentence in the sidecar.

    Args:
        story: the tale, with its STAC records.
        labelling: what they were made from.
        seed: decides together with the tale's id.
        number: which cut of the tale it is, from 1 on.
        min_fields: how many heads a record must fill; a segment whose record fills fewer is left away.

    Returns:
        The tale; None where no sentence has a place and a category.
    """
    source = labelling.source
    if source is None or not source.placed:
        return None
    own = [len(record["sentences"]) for record in labelling.records if record["sentences"]]
    cut = Story(
        id=f"{story.id}~cut-{number}",
        title=story.title,
        culture=story.culture,
        language=story.language,
        text=source.text.text,
        summary=story.summary,
        source=source.sidecar.source,
        characters=[replace(character) for character in story.characters],
    )
    groups = _group(source.placed, own or _LENGTHS, seed, cut.id)
    problems = []
    for order, group in enumerate(groups, start=1):
        event = _make_event(cut, source, group, order)
        filled = len(list_filled(event.stac))
        if filled >= min_fields:
            cut.events.append(event)
        else:
            problems.append(_tell_short(cut, event, filled, min_fields))
    return CutTale(cut, tuple(problems))


def _group(
    placed: Sequence[PlacedSentence], lengths: Sequence[int], seed: int, name: str
) -> Iterator[Sequence[PlacedSentence]]:
    """Yield groups of neighbours, as long as the seed draws them, but none over a gap."""
    start, rest = 0, 0
    for place, (before, after) in enumerate(pairwise(placed), start=1):
        rest = rest or lengths[draw_lot(seed, "cut", name, str(start)) % len(lengths)]
        if place - start == rest or before.end < after.start:
            yield placed[start:place]
            start, rest = place, 0
    yield placed[start:]


def _make_event(cut: Story, source: StacSource, group: Sequence[PlacedSentence], order: int) -> Event:
    first, last = group[0], group[-1]
    text = source.text.cut(first.start, last.end)
    return Event(
        id=str(order),
        path=first.sentence.path.removesuffix(".sentence"),
        span=TextSpan(_NOWHERE, _NOWHERE, text),
        time_order=order,
        stac=source.gather(cut, BareText.of(text), first.start).stac,
    )


def _tell_short(cut: Story, event: Event, filled: int, min_fields: int) -> Refusal:
    what = f"segment {event.id} of {cut.id} fills {filled} of the {min_fields} heads that stac_min_fields asks for"
    return Refusal(cut.source, event.path, f"{what}, so it is not learnt from")
