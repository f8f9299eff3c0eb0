from __future__ import annotations

import os
from pathlib import Path

import pytest

from ft_core.corpus.reading.file_name import find_common_folder, name_file


def test_the_common_folder_of_files_is_the_nearest_that_holds_all(tmp_path: Path) -> None:
    for name in ("a/x.csv", "a/b/y.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert find_common_folder([tmp_path / "a/x.csv", tmp_path / "a/b/y.csv"]) == tmp_path / "a"
    assert find_common_folder([tmp_path / "a/b/y.csv"]) == tmp_path / "a" / "b"


def test_a_folder_alone_is_its_own_and_one_above_another_is_that_of_both(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert find_common_folder([tmp_path / "a"]) == tmp_path / "a"
    assert find_common_folder([tmp_path / "a" / "b", tmp_path / "a"]) == tmp_path / "a"


def test_a_name_is_the_same_from_every_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tales").mkdir()
    monkeypatch.chdir(tmp_path)
    assert name_file(Path("tales/狐.json"), tmp_path) == "tales/狐.json"
    monkeypatch.chdir(tmp_path / "tales")
    assert name_file(Path("狐.json"), tmp_path) == "tales/狐.json"
    assert find_common_folder([Path("狐.json")]) == tmp_path / "tales"


def test_a_name_that_is_not_utf_8_can_be_written(tmp_path: Path) -> None:
    name = name_file(tmp_path / os.fsdecode(b"f\xffx.json"), tmp_path)
    assert name == "f\ufffdx.json"
    assert name.encode()
