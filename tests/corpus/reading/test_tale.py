from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ft_core.corpus.reading.document import RefusedError, decode_checked_document, hash_document
from ft_core.corpus.reading.files import TaleFile
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.tale import SidecarFound, read_tale, survey_tale
from tests.corpus.older_tales import make_tale_v1, make_tale_v2
from tests.tales import make_tale, write_tale

SIDECAR = {"sentences": [{"sentence_index": 1, "sentence": "Once.", "analysis": None}]}


def pack(tale: object, source: str = "t_v3.json", prefix: bytes = b"") -> RawTale:
    return RawTale(source, prefix + json.dumps(tale).encode(), TaleFile(source, Path(source)))


@pytest.mark.parametrize(
    "tale",
    [
        make_tale(),
        make_tale_v2(),
        make_tale_v1(),
        make_tale(metadata={"id": " ", "culture": " Indian "}, source_info={"language": "zh"}),
        make_tale_v1(id=None, source_text=None),
        make_tale(narrative_events=[None], source_info=None),
    ],
)
@pytest.mark.parametrize("without", [[], ["detected-language", "outer-spaces"]])
def test_the_survey_of_a_tale_and_its_reading_agree(tale: dict[str, Any], without: list[str]) -> None:
    raw, rules = pack(tale, prefix=b"\xef\xbb\xbf"), Rules.without(without)
    surveyed, read, checked = survey_tale(raw, rules), read_tale(raw, rules), read_tale(raw, rules, checked=True)
    head, story = surveyed.head, read.story
    assert (head.story_id, head.culture, head.language) == (story.id, story.culture, story.language)
    assert head.events == len(story.events)
    assert (surveyed.version, surveyed.content_hash, surveyed.source) == (read.version, read.content_hash, story.source)
    assert (checked.story, checked.repairs, checked.content_hash) == (story, read.repairs, "")


def test_a_tale_without_a_text_is_surveyed_by_its_segments() -> None:
    tale = make_tale(events=2, source_info=None)
    assert survey_tale(pack(tale), Rules()).head.text == "Once a fox lived by a river.\nThe crane lent the fox a silver comb."


def test_both_readings_refuse_a_broken_tale_alike() -> None:
    raw = pack(make_tale(characters="Fox", narrative_events=[3]))
    with pytest.raises(RefusedError) as surveyed:
        survey_tale(raw, Rules())
    with pytest.raises(RefusedError) as read:
        read_tale(raw, Rules())
    assert [each.path for each in read.value.refusals] == ["$.characters", "$.narrative_events[0]"]
    assert surveyed.value.refusals == read.value.refusals


@pytest.mark.parametrize("read", [survey_tale, read_tale])
def test_a_sidecar_is_told_apart_from_a_tale(read: Any) -> None:
    with pytest.raises(SidecarFound):
        read(pack(SIDECAR), Rules())


def test_sidecars_beside_tales_are_left_out_and_not_refused(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale())
    write_tale(tmp_path / "stac_annotations", SIDECAR, "fox_stac.json")
    (tmp_path / "fox.txt").write_bytes(b"\xff")
    (tmp_path / "summaries.csv").write_text("story_name\n")
    tales = read_tales([tmp_path])
    assert [story.source for story in tales.stories] == ["fox.json"]
    assert (tales.refusals, tales.left_out) == ([], ["stac_annotations/fox_stac.json"])


def test_the_marks_of_a_text_are_counted() -> None:
    tale = make_tale(source_info={"language": "ja", "text_content": "山《やま》"})
    assert read_tale(pack(tale), Rules()).marks == {"aozora-ruby": 1}


def test_a_content_hash_is_made_of_whole_numbers_of_any_size() -> None:
    hashes = {hash_document({"a": number}) for number in (2**70, 2**70 + 1, 2**63)}
    assert len(hashes) == 3


def test_bytes_that_were_changed_after_the_survey_are_no_tale() -> None:
    with pytest.raises(ValueError, match="unexpected"):
        decode_checked_document(b"{")
