from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from ft_core.atomic import make_folder, replace_folder, write_text
from ft_core.errors import OutputError


def test_a_file_is_written_as_it_stands_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.jsonl"
    write_text(path, "狐\r\n\n")
    assert path.read_bytes() == "狐\r\n\n".encode()
    assert list(path.parent.iterdir()) == [path]


def test_a_file_has_the_mode_that_the_umask_allows(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_text(tmp_path / "a", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "free some space or choose another folder"),
        (errno.EACCES, "choose a folder that you may write to"),
        (errno.EIO, "check the path and the disk"),
    ],
)
def test_a_write_that_fails_leaves_the_old_file_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, remedy: str
) -> None:
    path = tmp_path / "a"
    write_text(path, "old")

    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError) as caught:
        write_text(path, "new")
    assert str(caught.value) == f"{path} cannot be written: {os.strerror(code)}. What to do: {remedy}."
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="What to do: a part of the path is a file; choose another folder"):
        write_text(tmp_path / "out" / "deep" / "a", "x")
    with pytest.raises(OutputError, match="What to do: a file is in the way; move it or choose another folder"):
        make_folder(tmp_path / "out")


def test_a_folder_takes_the_place_of_another_as_a_whole(tmp_path: Path) -> None:
    old, new = tmp_path / "step", tmp_path / ".step.tmp"
    write_text(old / "stale", "1")
    write_text(new / "sub" / "fresh", "2")
    replace_folder(new, old)
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == [
        "step",
        "step/sub",
        "step/sub/fresh",
    ]


def test_a_folder_may_be_put_where_none_was(tmp_path: Path) -> None:
    write_text(tmp_path / "new" / "a", "2")
    replace_folder(tmp_path / "new", tmp_path / "deep" / "final")
    assert (tmp_path / "deep" / "final" / "a").read_text() == "2"
