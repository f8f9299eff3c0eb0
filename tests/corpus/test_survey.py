from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path

import pytest

from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.survey import Survey, survey_tales
from tests.corpus.older_tales import make_tale_v1, make_tale_v2
from tests.corpus.sidecars import write_sidecar
from tests.tales import SEGMENTS, make_event, make_tale, write_tale


def survey(*places: Path, compare_texts: bool = True, workers: int = 1) -> Survey:
    return survey_tales(places, Rules(), compare_texts=compare_texts, workers=workers)


def list_sources(found: Survey) -> list[str]:
    return [card.source for card in found.cards]


def write_lines(path: Path, *lines: object) -> Path:
    """Write JSON values or texts a line; ``.gz`` packs them."""
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    data = "".join(f"{text}\n" for text in texts).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def test_a_card_tells_what_the_split_needs(tmp_path: Path) -> None:
    origin = {"language": "en", "text_content": " ".join([*SEGMENTS, *SEGMENTS])}
    write_tale(tmp_path, make_tale(narrative_events=[make_event(1), None], source_info=origin))
    (card,) = survey(tmp_path).cards
    assert (card.story_id, card.source, card.version) == ("fox", "fox.json", 3)
    assert (card.culture, card.language, card.events) == ("Indian", "en", 2)
    assert card.text_hash
    assert card.sketch


def test_texts_are_not_compared_where_nobody_asks(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale())
    (card,) = survey(tmp_path, compare_texts=False).cards
    assert (len(card.text_hash), card.sketch) == (16, b"")  # the hash alone: a tale is known again under another name


def test_a_card_takes_less_than_two_kilobytes_however_long_the_tale_is(tmp_path: Path) -> None:
    text = " ".join(f"{number} times said the fox: {SEGMENTS[number % 3]}" for number in range(8_000))
    origin = {"language": "en", "text_content": text}
    write_tale(tmp_path, make_tale("狐" * 60, source_info=origin, narrative_events=[make_event(n) for n in range(1, 300)]))
    (card,) = survey(tmp_path).cards
    assert (tmp_path / f"{'狐' * 60}.json").stat().st_size > 500_000
    assert len(pickle.dumps(card)) < 2_000


def test_what_is_beside_the_tales_and_what_ft_core_wrote_is_no_tale(tmp_path: Path) -> None:
    write_tale(tmp_path / "tales", make_tale())
    write_sidecar(tmp_path / "beside")
    write_tale(tmp_path / "out", {"format": 1, "data_hash": "", "split_hash": "", "steps": {}}, "manifest.json")
    write_tale(tmp_path / "models", {"base": {}, "data": {}, "seed": 1, "steps": {}}, "run.json")
    found = survey(tmp_path)
    assert list_sources(found) == ["tales/fox.json"]
    assert found.left_out == ["beside/fox_stac.json", "models/run.json", "out/manifest.json"]
    assert found.refusals == []


def test_the_latest_version_of_a_tale_is_used_and_the_others_are_told(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale_v1(), "json/fox.json")
    write_tale(tmp_path, make_tale(), "json_v3/fox.json")
    write_tale(tmp_path, make_tale_v2(), "json_v2/fox.json")
    write_tale(tmp_path, make_tale_v1("crane"), "json/crane.json")
    found = survey(tmp_path)
    assert [(card.source, card.version) for card in found.cards] == [("json/crane.json", 1), ("json_v3/fox.json", 3)]
    assert found.superseded == [("json/fox.json", "json_v3/fox.json"), ("json_v2/fox.json", "json_v3/fox.json")]
    assert found.refusals == []


def test_two_files_of_one_tale_and_version_are_refused_but_the_first(tmp_path: Path) -> None:
    for name in ("b.json", "a.json"):
        write_tale(tmp_path, make_tale(), name)
    found = survey(tmp_path)
    assert list_sources(found) == ["a.json"]
    reason = "the tale id 'fox' is that of a.json too, which is kept; remove one of the two"
    assert found.refusals == [Refusal("b.json", "$.metadata.id", reason)]


@pytest.mark.parametrize("name", ["tales.jsonl", "tales.jsonl.gz"])
def test_a_file_with_a_tale_a_line_gives_a_card_a_line(tmp_path: Path, name: str) -> None:
    lines = [make_tale("a"), "", "[]", make_tale("b"), '{"version": ', make_tale("c")]
    found = survey(write_lines(tmp_path / name, *lines))
    assert [(card.story_id, card.source) for card in found.cards] == [
        ("a", f"{name}:1"),
        ("b", f"{name}:4"),
        ("c", f"{name}:6"),
    ]
    assert [refusal.file for refusal in found.refusals] == [f"{name}:3", f"{name}:5"]


def test_a_packed_tale_is_the_same_tale(tmp_path: Path) -> None:
    (plain,) = survey(write_lines(tmp_path / "plain" / "fox.json", make_tale())).cards
    (packed,) = survey(write_lines(tmp_path / "packed" / "fox.json.gz", make_tale())).cards
    assert (packed.content_hash, packed.raw_hash, packed.sketch) == (plain.content_hash, plain.raw_hash, plain.sketch)


def test_a_damaged_archive_is_refused_and_the_tales_before_the_damage_are_kept(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "tales.jsonl.gz", *(make_tale(f"tale{n}", text=list(range(n * 99))) for n in range(9)))
    path.write_bytes(path.read_bytes()[:-12])
    found = survey(path)
    (refusal,) = found.refusals
    assert (refusal.file, refusal.path) == ("tales.jsonl.gz", "$")
    assert refusal.reason.startswith("cannot be unpacked: ")
    assert refusal.reason.endswith("; pack it again with gzip")
    assert list_sources(found)[:2] == ["tales.jsonl.gz:1", "tales.jsonl.gz:2"]


def test_two_processes_survey_what_one_does(tmp_path: Path) -> None:
    for number in range(20):  # more than one chunk
        write_tale(tmp_path / "json_v3", make_tale(f"tale{number}"))
    write_tale(tmp_path / "json_v2", make_tale_v2("tale7"))
    write_tale(tmp_path / "json_v3", make_tale("tale3"), "tale3_again.json")
    write_lines(tmp_path / "more.jsonl", *(make_tale(f"line{number}") for number in range(70)), "{")
    write_sidecar(tmp_path / "stac")
    (tmp_path / "bad.json").write_text("{")
    one, two = (survey(tmp_path, workers=workers) for workers in (1, 2))
    assert one == two
    assert (len(one.cards), len(one.refusals), len(one.superseded), len(one.left_out)) == (90, 3, 1, 1)


def test_the_order_of_the_folders_given_does_not_matter(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_tale(tmp_path / name, make_tale(name))
    assert survey(tmp_path / "b", tmp_path / "a") == survey(tmp_path / "a", tmp_path / "b")
