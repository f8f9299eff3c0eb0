"""Versions 1, 2 and 3 of the tales of the corpus give the same examples of every installed step, up to what is listed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ft_core.corpus.reading.loading import read_tales
from ft_core.example import Example
from ft_core.step import Step, load_steps
from ft_core.story import Story

pytestmark = pytest.mark.corpus

V1_LOSSES = {
    "CH_002": {"action": 14, "character": 8, "instrument": 3, "relationship": 8, "event_type": 5},
    "CH_003": {"told events": 20},
    "CH_004": {"told events": 8, "relationship": 1, "event_type": 14},
    "CH_006": {"told events": 17, "event_type": 1},
    "EN_001": {"action": 8, "relationship": 7},
    "EN_002": {"action": 17, "instrument": 1, "relationship": 17},
    "EN_004": {"action": 6, "relationship": 12},
    "EN_005": {"action": 2, "instrument": 1, "relationship": 3},
    "EN_007": {"action": 8, "relationship": 9},
    "EN_008": {"action": 6, "relationship": 8},
    "EN_009": {"action": 4, "relationship": 7},
    "EN_014": {"relationship": 1},
    "jp_007": {"relationship": 8},
    "jp_012": {"told events": 1, "event_type": 17},
    "jp_020": {"action": 1, "character": 1, "instrument": 1, "relationship": 7},
}
"""Files of version 1 hold earlier states of the annotation: what their annotators added or changed afterwards.

"told events" are those with a text that were not there yet; the rest are events whose example, or reason for having none,
differs. Event types differ where only the neighbouring events do, which the prompt shows.
"""

Answers = Mapping[tuple[str, str], Any]


def read_folder(corpus: Path, folder: str) -> dict[str, Story]:
    return {story.id: story for story in read_tales(sorted(corpus.glob(f"*/{folder}"))).stories}


@pytest.fixture(scope="module")
def steps() -> tuple[Step, ...]:
    return load_steps().working


def list_answers(steps: tuple[Step, ...], story: Story) -> Answers:
    """Return the example, or the reason for having none, of each step and event."""
    return {
        (step.name, item.event_id): (item.inputs, item.output, item.prompt) if isinstance(item, Example) else item.reason
        for step in steps
        for item in step.examples(story)
    }


def test_version_2_gives_the_same_examples_but_for_relations_of_several(corpus: Path, steps: tuple[Step, ...]) -> None:
    new, old = read_folder(corpus, "json_v3"), read_folder(corpus, "json_v2")
    assert len(new) > 40
    lost: Counter[str] = Counter()
    for story_id, story in new.items():
        before, now = list_answers(steps, old[story_id]), list_answers(steps, story)
        told = {event.id: event for event in story.told_events()}
        for (step, event_id), answer in now.items():
            if event_id in told and before[step, event_id] != answer:
                event = told[event_id]
                assert step == "relationship"
                assert len(event.agents) > 1 or len(event.targets) > 1
                lost[step] += 1
    assert lost == {"relationship": 35}


def test_version_2_has_every_event_of_version_3(corpus: Path) -> None:
    new, old = read_folder(corpus, "json_v3"), read_folder(corpus, "json_v2")
    for story_id, story in new.items():
        assert [event.id for event in old[story_id].told_events()] == [event.id for event in story.told_events()]
        assert len(old[story_id].events) == len(story.events)


def test_version_1_gives_the_same_examples_but_for_what_was_annotated_later(corpus: Path, steps: tuple[Step, ...]) -> None:
    new, old = read_folder(corpus, "json_v3"), read_folder(corpus, "json")
    lost: dict[str, Counter[str]] = {}
    for story_id in sorted(new.keys() & old.keys()):
        before, now = list_answers(steps, old[story_id]), list_answers(steps, new[story_id])
        counts = Counter(step for (step, event), answer in now.items() if before.get((step, event), answer) != answer)
        told = {event.id for event in new[story_id].told_events()}
        counts["told events"] = len(told - {event.id for event in old[story_id].events})
        if +counts:
            lost[story_id[:6]] = +counts
    assert lost == V1_LOSSES
