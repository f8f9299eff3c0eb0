"""Retellings and summaries of the annotated corpus."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ft_core.corpus.beside.paragraph_fit import measure_fit
from ft_core.corpus.beside.retelling import Retellings
from ft_core.corpus.beside.retelling_alignment import align
from ft_core.corpus.beside.retelling_paragraph import parse_paragraphs
from ft_core.corpus.beside.retold_story import Retelling, read_retelling
from ft_core.corpus.beside.summary import Summaries
from ft_core.corpus.reading.files import find_tale_files
from ft_core.corpus.reading.raw_tale import iterate_raw
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.tale import read_tale
from ft_core.story import Story
from tests.conftest import CORPUS

pytestmark = pytest.mark.corpus

Found = list[tuple[Story, Retelling]]


@pytest.fixture(scope="module")
def stories() -> dict[str, Story]:
    if not CORPUS.is_dir():
        pytest.skip("the annotated corpus is not beside the repository")
    files = find_tale_files(sorted(CORPUS.glob("*/json_v3"))).tales
    tales = [read_tale(raw, Rules()).story for file in files for raw in iterate_raw(file)]
    return {story.id: story for story in tales}


@pytest.fixture(scope="module")
def found(stories: dict[str, Story]) -> Found:
    retellings = Retellings.find([CORPUS])
    assert retellings.list_unmatched(stories) == []
    return [(story, read_retelling(story, file)) for story in stories.values() for file in retellings.list_files(story.id)]


def list_order(story: Story) -> list[int]:
    return [int(re.findall(r"[0-9]+", event.path)[-1]) for event in story.events]


def read_paragraphs(retelling: Retelling) -> tuple[str, ...]:
    return parse_paragraphs(retelling.file.path.read_text(encoding="utf-8-sig")).texts


def test_every_retelling_of_a_tale_with_texts_is_used(found: Found) -> None:
    refused = [(story.id[:6], retelling.reason) for story, retelling in found if retelling.story is None]
    reason = "no event of the tale has a text, so nothing shows which paragraph tells which event"
    assert (len(found), refused) == (90, [("CH_301", reason)] * 2)


def test_every_paragraph_is_accounted_for(found: Found) -> None:
    records = [retelling.as_json() for _, retelling in found]
    pairs = [pair for record in records for pair in record["pairs"]]
    assert sum(record["paragraphs"] for record in records) == len(pairs) + sum(len(each["without_event"]) for each in records)
    assert (len(pairs), sum(pair["used"] for pair in pairs)) == (1090, 1086)


def test_time_order_fits_every_retelling_better_than_the_order_of_the_list(found: Found) -> None:
    compared = 0
    for story, retelling in found:
        numbers, paragraphs = list_order(story), read_paragraphs(retelling)
        if numbers != sorted(numbers) and len(paragraphs) == len(numbers):
            fits = measure_fit(story.events, paragraphs)
            in_time = sum(fits[row][row] for row in range(len(fits)))
            assert in_time > sum(fits[row][number] for row, number in enumerate(numbers)), retelling.file.source
            compared += 1
    assert compared == 28


def test_the_paragraphs_of_no_other_tale_are_taken_for_a_retelling(found: Found) -> None:
    first = [(story, retelling) for story, retelling in found if retelling.file.variant == "gen_01"]
    accepted = [
        (story.id, other.id)
        for story, retelling in first
        for other, _ in first
        if other.id != story.id and other.language == story.language
        if not align(other, (read_paragraphs(retelling) * 30)[: len(other.told_events())]).refusal
    ]
    assert accepted == []


def test_a_paragraph_taken_out_does_not_move_the_labels_of_those_behind_it(found: Found) -> None:
    used = wrong = 0
    for story, retelling in found:
        paragraphs, told = read_paragraphs(retelling), story.told_events()
        if len(paragraphs) == len(told) == len(story.events) >= 4:
            gap = len(paragraphs) // 2
            pairs = align(story, (*paragraphs[:gap], *paragraphs[gap + 1 :], paragraphs[0])).list_used()
            right = [*range(gap), -1, *range(gap, len(paragraphs) - 1)]
            used += len(pairs)
            wrong += sum(right[told.index(pair.event)] != pair.paragraph for pair in pairs)
    assert used > 700
    assert wrong / used < 0.02


def test_every_tale_has_a_summary_of_its_own_or_from_the_files(stories: dict[str, Story], found: Found, corpus: Path) -> None:
    summaries = Summaries.read([corpus / "story_summaries.csv", corpus / "retelling_summaries.csv"])
    own = [story.id for story in stories.values() if story.summary]
    without = [story_id for story_id in stories if story_id not in own and summaries.find(story_id) is None]
    retold = [(story.id, retelling.file.stem) for story, retelling in found]
    assert (len(own), without) == (2, [])
    assert sum(summaries.find_retold(*each) is not None for each in retold) == 85
    assert {row.name[:2] for row in summaries.list_unmatched(stories, retold)} == {"EN", "FA"}
