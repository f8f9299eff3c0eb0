from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ft_core.corpus.split import list_by_split, read_test_tales, split_tales
from ft_core.errors import DataError
from ft_core.story import Story


def make_stories(**cultures: int) -> list[Story]:
    return [Story(f"{culture}{number}", culture=culture) for culture, size in cultures.items() for number in range(size)]


def test_a_split_depends_on_ids_and_seed_only() -> None:
    stories = make_stories(zh=9, en=7, ja=8)
    split = split_tales(stories, 0.1, 0.2, seed=1)
    assert split == split_tales(reversed(stories), 0.1, 0.2, seed=1)
    assert split != split_tales(stories, 0.1, 0.2, seed=2)


def test_a_split_of_known_tales_never_changes() -> None:
    by_split = list_by_split(split_tales(make_stories(en=6), 0.2, 0.2, seed=3407))
    assert by_split == {"train": ("en0", "en1", "en2", "en4"), "val": ("en3",), "test": ("en5",)}


def test_each_culture_gets_its_share() -> None:
    stories = make_stories(zh=20, en=10, ja=10)
    split = split_tales(stories, 0.1, 0.2, seed=5)
    sizes = Counter((story.culture, split[story.id]) for story in stories)
    assert [sizes[culture, "test"] for culture in ("zh", "en", "ja")] == [4, 2, 2]
    assert [sizes[culture, "val"] for culture in ("zh", "en", "ja")] == [2, 1, 1]


@pytest.mark.parametrize(
    ("tales", "val", "test", "sizes"),
    [
        (1, 0.1, 0.1, (1, 0, 0)),
        (2, 0.1, 0.1, (2, 0, 0)),
        (2, 0.4, 0.5, (1, 0, 1)),
        (3, 0.1, 0.1, (1, 1, 1)),
        (3, 0.05, 0.9, (1, 1, 1)),
        (3, 0.0, 0.1, (2, 0, 1)),
        (3, 0.0, 0.0, (3, 0, 0)),
        (10, 0.1, 0.1, (8, 1, 1)),
        (53, 0.1, 0.1, (43, 5, 5)),
        (15, 0.1, 0.1, (11, 2, 2)),
    ],
)
def test_sizes_are_rounded_and_a_tale_is_always_left_to_train_on(
    tales: int, val: float, test: float, sizes: tuple[int, int, int]
) -> None:
    counts = Counter(split_tales(make_stories(en=tales), val, test, seed=0).values())
    assert (counts["train"], counts["val"], counts["test"]) == sizes


def test_named_test_tales_are_exactly_the_test_split() -> None:
    by_split = list_by_split(split_tales(make_stories(en=8), 0.2, 0.5, 0, ["en3", "en1", "en1"]))
    assert by_split["test"] == ("en1", "en3")
    assert len(by_split["val"]) == 2


def test_an_unknown_test_tale_is_told_with_the_nearest_one() -> None:
    with pytest.raises(DataError) as caught:
        split_tales([Story("jp_001"), Story("jp_002")], 0.1, 0.1, 0, ["jp_01"])
    assert str(caught.value) == ("The list of test tales names tales that were not read:\n  - 'jp_01'. Did you mean 'jp_001'?")


def test_test_tales_must_leave_one_to_train_on() -> None:
    with pytest.raises(DataError, match="names every tale that was read; leave at least one to train on"):
        split_tales([Story("a")], 0.1, 0.1, 0, ["a"])


def test_a_list_of_test_tales_has_one_id_a_line_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "test.txt"
    path.write_bytes("\ufeff# held out\n\n jp_001 \r\nCH_002_牛郎织女\n".encode())
    assert read_test_tales(path) == ["jp_001", "CH_002_牛郎织女"]


def test_a_list_of_test_tales_that_is_empty_or_unreadable_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("# none\n")
    (tmp_path / "latin").write_bytes(b"\xe9")
    with pytest.raises(DataError, match="names no tale; write one tale id a line"):
        read_test_tales(tmp_path / "empty")
    with pytest.raises(DataError, match="cannot be read: 'utf-8' codec"):
        read_test_tales(tmp_path / "latin")
    with pytest.raises(DataError, match=r"cannot be read: .*No such file"):
        read_test_tales(tmp_path / "none")
