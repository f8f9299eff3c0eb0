from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from ft_core.corpus.spool import Spool, SpooledLines
from ft_core.errors import OutputError


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    (tmp_path / "spool").mkdir()
    opened = Spool(tmp_path / "spool")
    yield opened
    opened.close()


def add(lines: SpooledLines, *texts: str) -> SpooledLines:
    for text in texts:
        lines.add(text.encode())
    return lines


def test_lines_of_a_kind_come_back_in_the_order_in_which_they_were_added(spool: Spool) -> None:
    spool.add_all({"fox": b"1\n2\n", "crane": b"a\n"})
    spool.add_all({"fox": b"3\n"})
    assert list(spool["fox"].read()) == [b"1\n", b"2\n", b"3\n"]
    assert list(spool["crane"].read()) == [b"a\n"]
    assert list(spool["heron"].read()) == []


def test_count_and_hash_are_those_of_all_that_was_added(spool: Spool) -> None:
    lines = add(spool["fox"], "川\n", "", "a\nb\n")
    assert lines.count == 3
    assert lines.sha256 == hashlib.sha256("川\na\nb\n".encode()).hexdigest()
    assert (spool["crane"].count, spool["crane"].sha256) == (0, hashlib.sha256().hexdigest())


def test_lines_may_be_read_while_more_are_added(spool: Spool) -> None:
    lines = add(spool["fox"], "1\n")
    assert list(lines.read()) == [b"1\n"]
    assert list(add(lines, "2\n").read()) == [b"1\n", b"2\n"]


def test_dropped_lines_are_handed_back_and_neither_counted_nor_hashed(spool: Spool) -> None:
    lines = add(spool["fox"], "a\nb\nc\n", "d\n")
    assert lines.drop({0, 2, 9}) == [b"a\n", b"c\n"]
    assert list(lines.read()) == [b"b\n", b"d\n"]
    assert (lines.count, lines.sha256) == (2, hashlib.sha256(b"b\nd\n").hexdigest())
    assert lines.drop(()) == []
    assert lines.count == 2


def test_lines_may_be_added_after_some_were_dropped(spool: Spool) -> None:
    lines = add(spool["fox"], "a\nb\n")
    lines.drop([1])
    assert list(add(lines, "c\n").read()) == [b"a\n", b"c\n"]
    assert lines.sha256 == hashlib.sha256(b"a\nc\n").hexdigest()


def test_dropping_leaves_no_second_file_and_the_other_kinds_alone(spool: Spool, tmp_path: Path) -> None:
    add(spool["fox"], "a\nb\n")
    add(spool["crane"], "c\n")
    spool["fox"].drop({0})
    assert len(list((tmp_path / "spool").iterdir())) == 2
    assert list(spool["crane"].read()) == [b"c\n"]


def test_lines_are_appended_to_another_file(spool: Spool) -> None:
    file = BytesIO(b"")
    file.write(b"before\n")
    add(spool["fox"], "a\n").copy_to(file)
    assert file.getvalue() == b"before\na\n"


def test_lines_can_be_read_when_the_spool_is_closed(spool: Spool) -> None:
    add(spool["fox"], "a\n")
    spool.close()
    assert list(spool["fox"].read()) == [b"a\n"]


def test_moved_lines_are_a_file_of_their_own_and_are_read_from_there(spool: Spool, tmp_path: Path) -> None:
    lines = add(spool["fox"], "a\nb\n")
    (tmp_path / "fox.jsonl").write_text("an older one")
    lines.move_to(tmp_path / "fox.jsonl")
    assert (tmp_path / "fox.jsonl").read_bytes() == b"a\nb\n"
    assert list((tmp_path / "spool").iterdir()) == []
    assert list(lines.read()) == [b"a\n", b"b\n"]


def test_no_lines_move_as_an_empty_file(spool: Spool, tmp_path: Path) -> None:
    spool["fox"].move_to(tmp_path / "fox.jsonl")
    assert (tmp_path / "fox.jsonl").read_bytes() == b""


def test_lines_are_copied_to_a_folder_of_another_file_system(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_elsewhere(tmp_path / "out", monkeypatch)
    lines = add(spool["fox"], "a\nb\n")
    lines.move_to(tmp_path / "out" / "fox.jsonl")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["fox.jsonl"]
    assert (tmp_path / "out" / "fox.jsonl").read_bytes() == b"a\nb\n"
    assert list(lines.read()) == [b"a\n", b"b\n"]


def test_a_file_that_cannot_be_moved_whole_leaves_the_old_one(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_elsewhere(tmp_path / "out", monkeypatch)
    (tmp_path / "out" / "fox.jsonl").write_text("an older one")

    def run_out_of_space(source: object, target: object, size: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ft_core.corpus.spool.shutil.copyfileobj", run_out_of_space)
    with pytest.raises(OutputError, match=r"fox\.jsonl cannot be written: No space left on device\. What to do: free some"):
        add(spool["fox"], "a\n").move_to(tmp_path / "out" / "fox.jsonl")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["fox.jsonl"]
    assert (tmp_path / "out" / "fox.jsonl").read_text() == "an older one"


def test_a_folder_in_the_way_is_told(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "fox.jsonl").mkdir()
    with pytest.raises(OutputError, match=r"fox\.jsonl cannot be written: .* a folder is in the way; move it"):
        add(spool["fox"], "a\n").move_to(tmp_path / "fox.jsonl")


def test_a_folder_that_is_not_there_cannot_hold_lines(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot be written: No such file or directory\. What to do: check the path"):
        Spool(tmp_path / "nowhere")["fox"]


def stand_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder that seems to be of another file system than all others."""
    folder.mkdir()
    real = Path.stat

    def stat(self: Path, **options: bool) -> object:
        found = real(self, **options)
        if self != folder:
            return found
        values = list(found)
        values[2] = found.st_dev + 1
        return type(found)(values)

    monkeypatch.setattr(Path, "stat", stat)


def test_lines_cannot_be_moved_to_a_folder_that_is_not_there(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool["a"].add(b"1\n")
    with pytest.raises(OutputError, match="a.jsonl cannot be written: No such file or directory"):
        spool["a"].move_to(tmp_path / "nowhere" / "a.jsonl")
