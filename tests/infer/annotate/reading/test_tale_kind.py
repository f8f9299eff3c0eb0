from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from ft_core.errors import NoTalesError
from ft_core.infer.annotate.reading.tale_place import find_places
from ft_core.infer.annotate.reading.tale_survey import TaleSurvey, survey_places
from tests.tales import make_event, make_tale

TALE = json.dumps(make_tale(narrative_events=[make_event()]))


def survey(path: Path, data: bytes) -> TaleSurvey:
    path.write_bytes(data)
    return survey_places(find_places([str(path)]))


@pytest.mark.parametrize(
    ("name", "data", "advised"),
    [
        ("notes.md", b"# A fox", "notes.txt"),
        ("notes.md.gz", gzip.compress(b"# A fox", mtime=0), "notes.txt"),
        ("fox.docx", b"PK\x03\x04\xff\x00", "fox.txt"),
        ("fox", b"A fox", "fox.txt"),
        ("tales.ndjson", f"{TALE}\n{TALE}\n".encode(), "tales.txt"),
        (".gz", b"A fox", "tale.txt"),
        ("deep.bak", b"[" * 100_000, "deep.txt"),
    ],
)
def test_a_file_of_no_kind_of_tales_is_told_which_kinds_there_are(tmp_path: Path, name: str, data: bytes, advised: str) -> None:
    (refusal,) = survey(tmp_path / name, data).refusals
    assert str(refusal) == (
        f"{name}: $: is no file of tales; these are .txt (a plain text), .json (an annotated tale) and .jsonl (one a line), each "
        f"packed (.gz) or not. Save it as one of them, such as {advised}, or leave it out"
    )


@pytest.mark.parametrize("name", ["fox.json.bak", "fox", "fox.v3"])
def test_an_annotated_tale_may_have_any_name(tmp_path: Path, name: str) -> None:
    found = survey(tmp_path / name, TALE.encode())
    assert ([tale.story_id for tale in found.tales.values()], found.refusals) == (["fox"], [])


def test_a_tale_whose_name_is_right_is_told_what_is_wrong_in_it(tmp_path: Path) -> None:
    (refusal,) = survey(tmp_path / "fox.json", b"A fox").refusals
    assert refusal.reason.startswith("not JSON: line 1, column 1")


def test_the_packed_texts_of_a_folder_are_found(tmp_path: Path) -> None:
    (tmp_path / "fox.TXT.gz").write_bytes(gzip.compress(b"A fox."))
    (tmp_path / "crane.txt").write_bytes(b"A crane.")
    assert [tale.story_id for tale in survey_places(find_places([str(tmp_path)])).tales.values()] == ["crane", "fox"]


def test_a_folder_without_tales_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_bytes(b"# A fox")
    with pytest.raises(NoTalesError, match=r"holds no \*.txt, \*.json or \*.jsonl file, packed or not, not even"):
        find_places([str(tmp_path)])
