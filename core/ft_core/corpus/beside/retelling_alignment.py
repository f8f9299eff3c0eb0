"""Pairing the paragraphs of a retelling with the events of its tale, in time order, and refusing what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ft_core.corpus.beside.paragraph_fit import measure_fit
from ft_core.corpus.beside.paragraph_placement import Place, place_paragraphs
from ft_core.story import Event, Story

__all__ = ["Alignment", "Pair", "align"]

_FLOORS = {"zh": 0.05, "ja": 0.1}
_FLOOR = 0.09
"""Lowest mean score of a tale's events, by language. That of retellings is at least 0.067 in Chinese, 0.19 in Japanese and
0.104 in English; that of the paragraphs of another tale at most 0.042, 0.070 and 0.079."""

_SURE = 0.03
"""Smallest margin of a pair that is used. In retellings with a paragraph taken out and another put elsewhere, 0.7 % of the
pairs that have it are wrong. It costs 4 of 1,090 pairs of whole retellings, two of which tell something else indeed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An event and the paragraph (from 0) that tells it.

    Attributes:
        event: the event of the tale.
        paragraph: the number of the paragraph.
        score: how well the two fit, from 0 to 1.
        margin: by how much all pairs together fit worse without this one.
    """

    event: Event
    paragraph: int
    score: float
    margin: float

    @property
    def is_sure(self) -> bool:
        """Whether it is used: no other pairing fits nearly as well."""
        return self.margin >= _SURE

    def as_json(self) -> dict[str, Any]:
        """Return the pair as a JSON object."""
        score, margin = round(self.score, 3), round(self.margin, 3)
        return {"path": self.event.path, "paragraph": self.paragraph, "score": score, "margin": margin, "used": self.is_sure}


@dataclass(frozen=True, slots=True)
class Alignment:
    """What pairing gave.

    Attributes:
        pairs: events and paragraphs, in time order.
        untold: events that no paragraph tells at their place in time; placeholders are not among them.
        refusal: why the retelling is not used at all, or ``""``.
    """

    pairs: tuple[Pair, ...] = ()
    untold: tuple[Event, ...] = ()
    refusal: str = ""

    def list_used(self) -> list[Pair]:
        """Return the pairs that give examples."""
        return [] if self.refusal else [pair for pair in self.pairs if pair.is_sure]


def align(story: Story, paragraphs: Sequence[str]) -> Alignment:
    """Pair the events of a tale with paragraphs that tell them, both in their order.

    Events are in time order, whatever the order in their file. Those without a text have a paragraph only where they have
    labels that it fits; placeholders have none. There may be as many paragraphs over as there are events without a text: an
    introduction, an end, or a placeholder's. Where these stand is where all pairs together fit best.

    Returns:
        The pairs, or why there are none: the numbers do not go together, or the paragraphs do not fit.
    """
    refusal = _compare_counts(story, len(paragraphs))
    if refusal:
        return Alignment(refusal=refusal)
    events = [event for event in story.events if event.text.strip() or _has_labels(event)]
    fits = measure_fit(events, paragraphs)
    places = place_paragraphs(fits)
    pairs = [_make_pair(place, events, fits) for place in places]
    told = {place.event for place in places}
    untold = [event for number, event in enumerate(events) if number not in told]
    return Alignment(tuple(pairs), tuple(untold), _judge(pairs, len(events), story.language))


def _make_pair(place: Place, events: Sequence[Event], fits: Sequence[Sequence[float]]) -> Pair:
    return Pair(events[place.event], place.paragraph, fits[place.event][place.paragraph], place.margin)


def _has_labels(event: Event) -> bool:
    return bool(event.agents or event.targets or event.relationships or (event.action and event.action.category))


def _compare_counts(story: Story, paragraphs: int) -> str:
    told, events = len(story.told_events()), len(story.events)
    if not told:
        return "no event of the tale has a text, so nothing shows which paragraph tells which event"
    if told <= paragraphs <= events:
        return ""
    wanted = f"{told}" if told == events else f"{told} to {events}"
    return f"it has {paragraphs} paragraphs, while the tale has events for {wanted}; write one paragraph an event"


def _judge(pairs: Sequence[Pair], events: int, language: str) -> str:
    mean = sum(pair.score for pair in pairs) / events
    floor = _FLOORS.get(language[:2], _FLOOR)
    if mean < floor:
        return f"its paragraphs do not tell this tale: they fit its events by {mean:.3f} on average, and {floor} is the least"
    sure = sum(pair.is_sure for pair in pairs)
    if 2 * sure < events:
        return f"only {sure} of {events} events have a paragraph that surely tells them; put the paragraphs in time order"
    return ""
