from __future__ import annotations

import json
from pathlib import Path

from ft_core.corpus.beside.retelling import RetellingFile
from ft_core.corpus.beside.retold_story import read_retelling
from ft_core.story import Stac, Story, TextSpan
from tests.corpus.retellings import PARAGRAPHS, SEGMENTS, make_story, write_retelling


def retell(folder: Path, story: Story, paragraphs: tuple[str, ...] = PARAGRAPHS) -> Story:
    retold = read_retelling(story, write_retelling(folder, paragraphs)).story
    assert retold is not None
    return retold


def test_a_retold_tale_has_the_paragraphs_as_segments_and_the_labels_of_the_tale(tmp_path: Path) -> None:
    story = make_story()
    retold = retell(tmp_path, story)
    assert [event.span for event in retold.events] == [TextSpan(-1, -1, text) for text in PARAGRAPHS]
    for event, original in zip(retold.events, story.events, strict=True):
        assert (event.id, event.agents, event.action) == (original.id, original.agents, original.action)
        assert (event.event_type, event.time_order) == (original.event_type, original.time_order)


def test_a_retold_tale_is_named_after_the_tale_and_the_variant_and_found_in_the_file(tmp_path: Path) -> None:
    retold = retell(tmp_path, make_story())
    assert (retold.id, retold.source) == ("mill~gen_01", "mill_gen_01.txt")
    assert [event.path for event in retold.events] == ["$[0]", "$[1]", "$[2]", "$[3]", "$[4]"]
    assert retold.text == "\n".join(PARAGRAPHS)
    assert (retold.culture, retold.language, retold.title) == ("Indian", "en", "The Fox")


def test_stac_labels_quote_the_original_and_are_not_taken_over(tmp_path: Path) -> None:
    story = make_story()
    story.events[0].stac = Stac(situation="A miller had a daughter")
    assert retell(tmp_path, story).events[0].stac is None
    assert story.events[0].stac == Stac(situation="A miller had a daughter")


def test_changing_a_retold_tale_changes_nothing_of_the_tale(tmp_path: Path) -> None:
    story = make_story()
    story.events[0].annotations = {"mood": ["glad"]}
    retold = retell(tmp_path, story)
    retold.events[0].agents.append("Nobody")
    retold.events[0].annotations["mood"].append("sad")
    retold.characters[0].archetype = "Villain"
    assert story.events[0].agents == ["Miller"]
    assert story.events[0].annotations == {"mood": ["glad"]}
    assert story.characters[0].archetype == "Hero"


def test_events_without_a_paragraph_are_left_out_of_the_retold_tale(tmp_path: Path) -> None:
    retold = retell(tmp_path, make_story((None, *SEGMENTS)))
    assert [event.id for event in retold.events] == ["e2", "e3", "e4", "e5", "e6"]


def test_the_manifest_tells_what_became_of_a_retelling(tmp_path: Path) -> None:
    file = write_retelling(tmp_path, (*PARAGRAPHS, "And they lived well."))
    record = read_retelling(make_story((*SEGMENTS, None)), file).as_json()
    assert (record["file"], record["story"], record["used"], record["reason"]) == ("mill_gen_01.txt", "mill~gen_01", True, "")
    assert (record["paragraphs"], record["without_event"], record["untold"]) == (6, [5], [])
    assert [pair["paragraph"] for pair in record["pairs"]] == [0, 1, 2, 3, 4]
    assert json.loads(json.dumps(record)) == record


def test_a_retelling_that_does_not_fit_is_told_with_its_reason(tmp_path: Path) -> None:
    retelling = read_retelling(make_story(), write_retelling(tmp_path, PARAGRAPHS[:2]))
    assert retelling.story is None
    assert retelling.as_json()["reason"] == "it has 2 paragraphs, while the tale has events for 5; write one paragraph an event"
    assert retelling.as_json()["without_event"] == [0, 1]


def test_a_file_that_cannot_be_read_is_told_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "mill_gen_02.txt"
    file = RetellingFile("mill_gen_02.txt", path, "gen_02")
    assert read_retelling(make_story(), file).reason == "cannot be read: No such file or directory"
    path.write_bytes(b"{A miller\xff}")
    assert read_retelling(make_story(), file).reason == "is not UTF-8 from byte 9 on; save it as UTF-8"
    path.write_text("{A miller", encoding="utf-8")
    assert read_retelling(make_story(), file).reason == "the brace before 'A miller' (line 1) is never closed"


def test_a_byte_order_mark_is_no_part_of_the_first_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "mill_gen_03.txt"
    path.write_text("\n".join(PARAGRAPHS), encoding="utf-8-sig")
    retold = read_retelling(make_story(), RetellingFile("x", path, "gen_03")).story
    assert retold is not None
    assert retold.events[0].text == PARAGRAPHS[0]
