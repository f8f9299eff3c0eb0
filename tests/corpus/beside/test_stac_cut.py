from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from ft_core.corpus.beside.stac_cut import cut_anew
from ft_core.corpus.beside.stac_labelling import StacLabelling, label_stac
from ft_core.corpus.beside.stac_sidecar import StacSidecars
from ft_core.corpus.beside.tale_text import TaleTexts
from ft_core.story import STAC_HEADS, Story
from tests.corpus.sidecars import SENTENCES, TEXT, make_told_story, write_sidecar


def label(folder: Path, story: Story) -> StacLabelling:
    return label_stac(story, folder / "json_v3" / "fox.json", StacSidecars.find([folder]), TaleTexts(), 1)


def cut(folder: Path, *segments: str, text: str = TEXT, **settings: int) -> Story:
    story = make_told_story(*segments, text=text)
    found = cut_anew(story, label(folder, story), **{"seed": 1, "number": 1, "min_fields": 1} | settings)
    assert found is not None
    return found.story


def test_the_segments_are_whole_sentences_with_the_record_that_they_make(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    story = cut(tmp_path, SENTENCES[0][1] + " " + SENTENCES[1][1])
    assert " ".join(event.text for event in story.events).split() == TEXT.split()
    for event in story.events:
        heads = {head for head, text in SENTENCES if text in event.text.replace("\n", " ")}
        assert event.stac is not None
        assert {head for head in STAC_HEADS if getattr(event.stac, head)} == heads


def test_a_segment_has_as_many_sentences_as_those_of_the_annotators(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    story = cut(tmp_path, "Once a fox lived\nby a river. It had to cross before the flood.")
    assert [event.id for event in story.events] == ["1", "2", "3"]
    assert [event.path for event in story.events] == ["$.sentences[0]", "$.sentences[2]", "$.sentences[4]"]
    assert [event.text for event in story.events] == [
        "Once a fox lived\nby a river. It had to cross before the flood.",
        "A crane lent the fox its boat.\nThe fox rowed all night.",
        "So it came home.",
    ]


def test_no_segment_reaches_over_words_that_no_sentence_has(tmp_path: Path) -> None:
    write_sidecar(tmp_path, [pair for pair in SENTENCES if pair[0] != "task"])
    story = cut(tmp_path, TEXT.strip())
    assert [event.text for event in story.events] == [
        "Once a fox lived\nby a river.",
        "A crane lent the fox its boat.\nThe fox rowed all night. So it came home.",
    ]


def test_a_sentence_without_a_category_is_in_no_segment(tmp_path: Path) -> None:
    write_sidecar(tmp_path, [(head if head != "task" else "", text) for head, text in SENTENCES])
    assert all("cross" not in event.text for event in cut(tmp_path, TEXT.strip()).events)


def test_a_segment_whose_record_fills_too_few_heads_is_left_away_and_told(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    story = make_told_story("Once a fox lived\nby a river. It had to cross before the flood.")
    found = cut_anew(story, label(tmp_path, story), seed=1, number=1, min_fields=2)
    assert found is not None
    assert [event.id for event in found.story.events] == ["1"]
    assert [(each.file, each.path) for each in found.problems] == [
        ("fox_stac.json", "$.sentences[2]"),
        ("fox_stac.json", "$.sentences[4]"),
    ]
    assert "segment 2 of fox~cut-1 fills 1 of the 2 heads that stac_min_fields asks for" in found.problems[0].reason


def test_a_cut_tale_has_no_other_labels_and_names_its_sidecar(tmp_path: Path) -> None:
    write_sidecar(tmp_path)
    story = make_told_story(TEXT.strip())
    story.summary, story.events[0].instrument = "A fox crosses.", "boat"
    found = cut_anew(story, label(tmp_path, story), seed=1, number=3, min_fields=1)
    assert found is not None
    assert (found.story.id, found.story.source, found.story.summary) == ("fox~cut-3", "fox_stac.json", "A fox crosses.")
    assert {event.instrument for event in found.story.events} == {""}


def test_a_tale_whose_sidecar_places_no_sentence_is_not_cut(tmp_path: Path) -> None:
    write_sidecar(tmp_path, [("action", "Not of this text.")])
    story = make_told_story(TEXT.strip())
    assert cut_anew(story, label(tmp_path, story), seed=1, number=1, min_fields=1) is None
    assert cut_anew(story, StacLabelling(), seed=1, number=1, min_fields=1) is None


@given(st.lists(st.sampled_from(STAC_HEADS), min_size=1, max_size=40), st.integers(0, 2**31), st.integers(1, 9))
def test_every_sentence_is_in_one_segment_and_under_its_head(heads: Sequence[str], seed: int, number: int) -> None:
    sentences = [(head, f"Word{place} is said.") for place, head in enumerate(heads)]
    text = " ".join(words for _, words in sentences)
    with TemporaryDirectory() as folder:
        write_sidecar(Path(folder), sentences)
        events = cut(Path(folder), text=text, seed=seed, number=number).events
    assert " ".join(event.text for event in events) == text
    for head, words in sentences:
        (event,) = (each for each in events if words in each.text)
        assert event.stac is not None
        assert [each for each in STAC_HEADS if words in getattr(event.stac, each)] == [head]
