from __future__ import annotations

import pickle
import unicodedata
from pathlib import Path

import pytest

from ft_core.corpus.beside.stac_sidecar import StacSidecars
from ft_core.errors import DataError
from tests.corpus.sidecars import write_sidecar


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_sidecar(tmp_path / "Indian" / "stac_annotations")
    write_sidecar(tmp_path / "Japanese" / "stac_annotations", tale_id="crane")
    return tmp_path


def find_source(sidecars: StacSidecars, story_id: str) -> str | None:
    file = sidecars.find_file(story_id)
    return file and file.source


def test_a_sidecar_is_found_by_the_tale_in_its_name_at_any_depth(folder: Path) -> None:
    sidecars = StacSidecars.find([folder])
    assert find_source(sidecars, "fox") == "Indian/stac_annotations/fox_stac.json"
    assert find_source(sidecars, "crane") == "Japanese/stac_annotations/crane_stac.json"
    assert find_source(sidecars, "heron") is None


def test_other_json_files_and_hidden_ones_are_no_sidecars(folder: Path) -> None:
    write_sidecar(folder / ".trash", tale_id="heron")
    write_sidecar(folder, tale_id=".heron")
    (folder / "fox_v3.json").write_text("{}")
    sidecars = StacSidecars.find([folder])
    assert sidecars.list_unmatched(["fox", "crane"]) == []
    assert sidecars.repeated == ()


def test_the_letter_case_of_the_ending_does_not_matter(folder: Path) -> None:
    write_sidecar(folder, tale_id="heron").path.rename(folder / "heron_STAC.JSON")
    assert find_source(StacSidecars.find([folder]), "heron") == "heron_STAC.JSON"


def test_names_in_composed_and_decomposed_letters_are_one(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "竹がはえ")
    write_sidecar(tmp_path, tale_id=name)
    sidecars = StacSidecars.find([tmp_path])
    assert sidecars.find_file("竹がはえ") == sidecars.find_file(name) is not None
    assert sidecars.list_unmatched(["竹がはえ"]) == []


def test_of_two_sidecars_of_one_tale_the_first_by_name_is_used_and_the_other_told(folder: Path) -> None:
    write_sidecar(folder / "Chinese")
    sidecars = StacSidecars.find([folder / "Indian", folder / "Chinese"])
    assert find_source(sidecars, "fox") == "Chinese/fox_stac.json"
    assert [file.source for file in sidecars.repeated] == ["Indian/stac_annotations/fox_stac.json"]
    assert sidecars.list_unmatched([]) == [sidecars.find_file("fox")]


def test_a_file_that_is_reached_in_two_ways_is_one(folder: Path) -> None:
    (folder / "Linked").symlink_to(folder / "Indian", target_is_directory=True)
    (folder / "Indian" / "above").symlink_to(folder, target_is_directory=True)
    sidecars = StacSidecars.find([folder, folder, folder / "Indian"])
    assert find_source(sidecars, "fox") == "Indian/stac_annotations/fox_stac.json"
    assert sidecars.repeated == ()


def test_sidecars_of_tales_that_were_not_read_are_told(folder: Path) -> None:
    unmatched = StacSidecars.find([folder]).list_unmatched(["fox"])
    assert [file.source for file in unmatched] == ["Japanese/stac_annotations/crane_stac.json"]


def test_a_folder_that_is_not_there_or_holds_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no folder .*nowhere\. Give --stac-dir the folder of the STAC sidecars\."):
        StacSidecars.find([tmp_path / "nowhere"])
    (tmp_path / "with {braces}").mkdir()
    with pytest.raises(DataError, match=r"No STAC sidecar was found: .*with \{braces\} holds no \*_stac\.json file, .*such as"):
        StacSidecars.find([tmp_path / "with {braces}"])


def test_a_folder_that_cannot_be_looked_into_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(DataError, match=r"The folder .* cannot be looked into: Permission denied\."):
        StacSidecars.find([folder])


def test_no_folder_gives_no_sidecar() -> None:
    assert StacSidecars.find([]) == StacSidecars()
    assert StacSidecars().find_file("fox") is None


def test_sidecars_go_to_worker_processes(folder: Path) -> None:
    sidecars = StacSidecars.find([folder])
    assert pickle.loads(pickle.dumps(sidecars)) == sidecars  # noqa: S301  bytes of our own
