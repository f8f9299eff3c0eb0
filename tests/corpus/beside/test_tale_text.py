from __future__ import annotations

import os
import pickle
import unicodedata
from pathlib import Path

import pytest

from ft_core.corpus.beside.tale_text import TaleText, TaleTexts
from ft_core.corpus.reading import side_file
from ft_core.errors import DataError
from tests.corpus.sidecars import write_text


@pytest.fixture
def tale(tmp_path: Path) -> Path:
    write_text(tmp_path / "texts", "A fox.")
    return tmp_path / "json_v3" / "fox_v3.json"


def test_by_default_the_text_lies_beside_the_folder_of_the_tale(tale: Path) -> None:
    assert TaleTexts.find(None).read("fox", tale) == TaleText("texts/fox.txt", "A fox.", b"A fox.")
    assert TaleTexts().read("crane", tale) is None


def test_the_text_is_found_whatever_the_working_folder(tale: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tale.parent.mkdir()
    monkeypatch.chdir(tale.parent)
    assert TaleTexts().read("fox", Path(tale.name)) == TaleTexts().read("fox", tale)


@pytest.mark.parametrize("story_id", ["../texts/fox", "/fox", "a\0b", "x" * 5000, "", ".."])
def test_an_id_that_is_no_file_name_has_no_text(tale: Path, story_id: str) -> None:
    assert TaleTexts().read(story_id, tale) is None


def test_with_folders_texts_are_found_at_any_depth(tale: Path) -> None:
    write_text(tale.parent.parent / "Japanese" / "texts", "A crane.", "crane")
    texts = TaleTexts.find([tale.parent.parent])
    assert texts.read("crane", tale) == TaleText("Japanese/texts/crane.txt", "A crane.", b"A crane.")
    assert texts.read("heron", tale) is None


def test_of_two_texts_of_one_tale_the_first_by_name_is_used_and_the_other_told(tale: Path) -> None:
    folder = tale.parent.parent
    write_text(folder / "old", "A wolf.")
    (folder / "linked").symlink_to(folder / "old", target_is_directory=True)
    texts = TaleTexts.find([folder])
    found = texts.read("fox", tale)
    assert found is not None
    assert (found.source, found.text, texts.repeated) == ("linked/fox.txt", "A wolf.", ("texts/fox.txt",))


@pytest.mark.parametrize("dirs", [None, "texts"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_in_composed_and_decomposed_letters_are_one(tmp_path: Path, dirs: str | None, form: str) -> None:
    write_text(tmp_path / "texts", "A crane.", unicodedata.normalize(form, "竹がはえ"))
    texts = TaleTexts.find(dirs and [tmp_path / dirs])
    for name in ("竹がはえ", unicodedata.normalize("NFD", "竹がはえ")):
        found = texts.read(name, tmp_path / "json_v3" / "a.json")
        assert found is not None
        assert found.text == "A crane."
    beside = TaleTexts().read("竹がはえ", tmp_path / "json_v3" / "a.json")
    assert beside is not None
    assert beside.source == "texts/竹がはえ.txt"  # whatever the file system made of it


@pytest.mark.parametrize("data", [b"One.\nTwo.\n", b"One.\r\nTwo.\r\n", b"One.\rTwo.\r", b"\xef\xbb\xbfOne.\nTwo.\n"])
def test_byte_order_marks_and_line_ends_do_not_show(tale: Path, data: bytes) -> None:
    (tale.parent.parent / "texts" / "fox.txt").write_bytes(data)
    assert TaleTexts().read("fox", tale) == TaleText("texts/fox.txt", "One.\nTwo.\n", data)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"A f\xffx.", "is not UTF-8 from byte 3 on; save it as UTF-8"),
        ("\u3000\n".encode(), "is blank"),
        (b"A fox and a crane.", "is larger than 0 MiB"),
    ],
)
def test_a_text_that_cannot_be_used_says_why(tale: Path, data: bytes, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_file, "MAX_BYTES", 10)
    (tale.parent.parent / "texts" / "fox.txt").write_bytes(data)
    found = TaleTexts().read("fox", tale)
    assert found is not None
    assert (found.source, found.text, found.problem) == ("texts/fox.txt", "", problem)


def test_a_text_that_is_no_file_says_so(tale: Path) -> None:
    path = tale.parent.parent / "texts" / "fox.txt"
    path.unlink()
    path.symlink_to("nowhere.txt")
    found = TaleTexts().read("fox", tale)
    assert found == TaleText("texts/fox.txt", problem="cannot be read: No such file or directory")
    path.unlink()
    os.mkfifo(path)
    found = TaleTexts().read("fox", tale)
    assert found == TaleText("texts/fox.txt", problem="is not a file that can be read, but a folder, a device or a pipe")


def test_a_folder_that_is_not_there_or_holds_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no folder .*nowhere\. Give --texts-dir the folder of the tales' texts\."):
        TaleTexts.find([tmp_path / "nowhere"])
    with pytest.raises(DataError, match=r"No text was found: .* holds no \*\.txt file, .*such as texts/jp_001\.txt\."):
        TaleTexts.find([tmp_path])


def test_texts_go_to_worker_processes(tale: Path) -> None:
    texts = TaleTexts.find([tale.parent.parent])
    assert pickle.loads(pickle.dumps(texts)) == texts  # noqa: S301  bytes of our own
