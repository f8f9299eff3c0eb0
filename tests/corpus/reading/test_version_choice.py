from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import pytest

from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.version_choice import choose_versions
from tests.corpus.older_tales import make_tale_v1, make_tale_v2
from tests.tales import make_tale, write_tale


@dataclass(frozen=True)
class Card:
    source: str
    version: int
    story_id: str = "fox"


OLD, MIDDLE, NEW = Card("c_v1.json", 1), Card("b_v2.json", 2), Card("a_v3.json", 3)


@pytest.mark.parametrize("cards", list(permutations([OLD, MIDDLE, NEW])))
def test_the_latest_version_of_a_tale_is_kept_whatever_the_order(cards: list[Card]) -> None:
    choice = choose_versions(cards)
    assert choice.kept == [NEW]
    assert sorted(choice.superseded) == [("b_v2.json", "a_v3.json"), ("c_v1.json", "a_v3.json")]
    assert choice.refusals == []


@pytest.mark.parametrize(("version", "path"), [(1, "$.id"), (2, "$.metadata.id"), (3, "$.metadata.id")])
def test_of_two_files_of_one_version_the_first_is_kept_and_the_other_refused(version: int, path: str) -> None:
    choice = choose_versions([Card("a.json", version), Card("b.json", version), Card("c.json", 3, "crane")])
    assert [each.source for each in choice.kept] == ["a.json", "c.json"]
    assert list(map(str, choice.refusals)) == [
        f"b.json: {path}: the tale id 'fox' is that of a.json too, which is kept; remove one of the two"
    ]


def test_two_files_of_one_older_version_are_superseded_and_not_refused() -> None:
    choice = choose_versions([Card("x.json", 1), Card("y.json", 1), NEW])
    assert choice.refusals == []
    assert choice.superseded == [("x.json", "a_v3.json"), ("y.json", "a_v3.json")]


def test_versions_that_meet_in_a_folder_are_told(tmp_path: Path) -> None:
    write_tale(tmp_path / "json", make_tale_v1(events=1), "fox.json")
    write_tale(tmp_path / "json", make_tale_v1("crane", events=1), "crane.json")
    write_tale(tmp_path / "json_v2", make_tale_v2(events=2), "fox_v2.json")
    write_tale(tmp_path / "json_v3", make_tale(events=3), "fox_v3.json")
    tales = read_tales([tmp_path])
    assert {story.source: len(story.events) for story in tales.stories} == {"json/crane.json": 1, "json_v3/fox_v3.json": 3}
    assert tales.superseded == [("json/fox.json", "json_v3/fox_v3.json"), ("json_v2/fox_v2.json", "json_v3/fox_v3.json")]
    assert tales.refusals == []
