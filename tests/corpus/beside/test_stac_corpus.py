"""STAC sidecars of the annotated corpus."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from ft_core.corpus.beside.bare_text import BareText, strip_bare
from ft_core.corpus.beside.stac_alignment import find_span
from ft_core.corpus.beside.stac_labelling import StacLabelling, label_stac
from ft_core.corpus.beside.stac_sidecar import StacSidecars
from ft_core.corpus.beside.stac_source import StacSource, read_stac_source
from ft_core.corpus.beside.tale_text import TaleTexts
from ft_core.corpus.reading.files import find_tale_files
from ft_core.corpus.reading.raw_tale import iterate_raw
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.tale import read_tale
from ft_core.story import STAC_HEADS, Story
from tests.conftest import CORPUS

pytestmark = pytest.mark.corpus

Labelled = list[tuple[Story, StacSource, StacLabelling]]


@pytest.fixture(scope="module")
def labelled() -> Labelled:
    if not CORPUS.is_dir():
        pytest.skip("the annotated corpus is not beside the repository")
    sidecars, texts = StacSidecars.find([CORPUS]), TaleTexts()
    found = []
    for file in find_tale_files(sorted(CORPUS.glob("*/json_v3"))).tales:
        for raw in iterate_raw(file):
            story = read_tale(raw, Rules()).story
            sidecar = sidecars.find_file(story.id)
            assert sidecar is not None
            source = read_stac_source(story, file.path, sidecar, texts)
            found.append((story, source, label_stac(story, file.path, sidecars, texts, 1)))
    assert (sidecars.list_unmatched(story.id for story, _, _ in found), sidecars.repeated) == ([], ())
    return found


@pytest.fixture(scope="module")
def counts(labelled: Labelled) -> Counter[str]:
    total: Counter[str] = Counter()
    for _, _, labelling in labelled:
        total.update(labelling.counts)
    return total


def test_every_sentence_is_found_in_the_text(labelled: Labelled, counts: Counter[str]) -> None:
    assert {source.text_source for story, source, _ in labelled} == {f"texts/{story.id}.txt" for story, _, _ in labelled}
    assert [source.lost for _, source, _ in labelled if source.lost] == []
    for _, source, _ in labelled:
        assert "".join(strip_bare(each.text) for each in source.sidecar.sentences) == source.text.bare
    assert (counts["sentences"], counts["sentences not found in the text"], counts["STAC sidecars refused"]) == (3162, 0, 0)


def test_sentences_whose_label_nobody_chose_are_left_out(labelled: Labelled, counts: Counter[str]) -> None:
    reasons = Counter(each.reason.split(":")[0] for _, source, _ in labelled for each in source.problems)
    assert reasons == {
        "the category stands in for an answer that failed, so nobody chose it": 73,
        "is null, so the sentence has no category": 2,
    }
    assert counts["sentences without a category"] == 75


def test_every_segment_is_found_but_one_with_a_slip_of_the_pen_and_overlaps_a_sentence(labelled: Labelled) -> None:
    strays = []
    for story, source, _ in labelled:
        ends = [0]
        for each in source.sidecar.sentences:
            ends.append(ends[-1] + len(strip_bare(each.text)))
        for event in story.told_events():
            assert event.span is not None
            segment = BareText.of(event.text)
            place = find_span(event.span, segment, source.text)
            if place.problem:
                strays.append((story.id[:6], event.path, place.problem))
            else:
                assert any(start < place.start + len(segment.bare) and place.start < end for start, end in pairwise(ends))
    assert strays == [("CH_002", "$.narrative_events[11]", "is not found")]


def test_no_record_is_empty_and_every_head_is_made_of_pieces_of_the_segment(labelled: Labelled) -> None:
    for story, source, labelling in labelled:
        texts = {each.index: strip_bare(each.text) for each in source.sidecar.sentences}
        records = {record["event"]: record for record in labelling.records}
        assert set(records) == {event.id for event in story.events if event.stac}
        for event in story.events:
            if event.stac is None:
                continue
            segment, sentences = strip_bare(event.text), records[event.id]["sentences"]
            assert records[event.id]["heads"] == [head for head in STAC_HEADS if getattr(event.stac, head)] != []
            for head in STAC_HEADS:
                rest, written = segment, strip_bare(getattr(event.stac, head))
                for text in (texts[each["index"]] for each in sentences if each["head"] == head):
                    piece = next(
                        written[:size] for size in range(len(text), 0, -1) if written[:size] in text and written[:size] in rest
                    )
                    written, rest = written[len(piece) :], rest.split(piece, 1)[1]
                assert written == ""
            assert all(0.25 <= each["share"] <= 1 for each in sentences)


def test_every_event_is_accounted_for(labelled: Labelled, counts: Counter[str]) -> None:
    for story, source, labelling in labelled:
        without = {each.path.removesuffix(".text_span") for each in labelling.problems if each.file == story.source}
        assert without == {event.path for event in story.told_events() if event.stac is None}
        assert labelling.problems[: len(source.problems)] == source.problems
    events = [event for story, _, _ in labelled for event in story.events]
    records, heads = counts["events with a STAC record from a sidecar"], counts["heads filled in records from a sidecar"]
    assert (len(events), records, counts["events without a STAC record"]) == (440, 352, 88)
    assert round(heads / records, 2) == 1.54


def test_the_tales_own_texts_have_nearly_all_sentences_too(tmp_path: Path, labelled: Labelled) -> None:
    sidecars = StacSidecars.find([CORPUS])
    lost = {}
    for story, _, _ in labelled:
        sidecar = sidecars.find_file(story.id)
        assert sidecar is not None
        source = read_stac_source(story, tmp_path / "json_v3" / "tale.json", sidecar, TaleTexts())
        assert source.text_source == story.source
        if source.lost:
            lost[story.id[:6]] = len(source.lost)
    assert lost == {"CH_198": 2, "EN_001": 18, "jp_007": 11}  # other wordings, and EN_001 has no text_content at all
