from __future__ import annotations

import pickle
import unicodedata
from pathlib import Path

import pytest

from ft_core.corpus.beside.retelling import Retellings, keep_example
from ft_core.errors import DataError
from tests.corpus.retellings import write_retelling


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("retellings/mill_v3/mill_gen_02", "retellings/mill_v3/mill_gen_01", "retellings/fox/telling", "texts/mill"):
        write_retelling((tmp_path / name).parent, name=Path(name).name)
    return tmp_path


def list_sources(retellings: Retellings, story_id: str) -> list[str]:
    return [file.source for file in retellings.list_files(story_id)]


def test_folders_are_named_after_tales_with_or_without_a_version(folder: Path) -> None:
    retellings = Retellings.find([folder / "retellings"])
    assert list_sources(retellings, "mill") == ["mill_v3/mill_gen_01.txt", "mill_v3/mill_gen_02.txt"]
    assert list_sources(retellings, "fox") == ["fox/telling.txt"]
    assert list_sources(retellings, "mil") == []


@pytest.mark.parametrize("given", ["", "retellings", "retellings/mill_v3"])
def test_any_folder_above_may_be_given(folder: Path, given: str) -> None:
    files = Retellings.find([folder / given]).list_files("mill")
    assert [file.path.name for file in files] == ["mill_gen_01.txt", "mill_gen_02.txt"]


def test_a_variant_is_what_tells_a_file_from_the_others_of_its_tale(folder: Path) -> None:
    retellings = Retellings.find([folder])
    assert [file.variant for file in retellings.list_files("mill")] == ["gen_01", "gen_02"]
    assert [(file.variant, file.stem) for file in retellings.list_files("fox")] == [("telling", "telling")]


def test_two_files_of_one_variant_are_told_apart(folder: Path) -> None:
    write_retelling(folder / "more" / "mill_v2", name="mill_gen_01")
    assert [file.variant for file in Retellings.find([folder]).list_files("mill")] == ["gen_01", "gen_01-2", "gen_02"]


def test_a_folder_given_twice_or_with_one_above_gives_each_file_once(folder: Path) -> None:
    retellings = Retellings.find([folder / "retellings", folder, folder])
    assert [file.variant for file in retellings.list_files("mill")] == ["gen_01", "gen_02"]


def test_retellings_of_tales_that_were_not_read_are_told(folder: Path) -> None:
    unmatched = Retellings.find([folder]).list_unmatched(["mill", "crane"])
    assert [file.source for file in unmatched] == ["retellings/fox/telling.txt"]
    assert Retellings.find([folder]).list_unmatched(["mill", "fox"]) == []


def test_the_texts_of_the_tales_and_hidden_files_are_no_retellings(folder: Path) -> None:
    write_retelling(folder / ".trash" / "fox")
    write_retelling(folder / "retellings" / "fox", name=".telling")
    assert list_sources(Retellings.find([folder]), "fox") == ["retellings/fox/telling.txt"]
    assert Retellings.find([folder]).list_unmatched(["mill", "fox"]) == []


def test_names_in_composed_and_decomposed_letters_are_one(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "竹がはえ")
    write_retelling(tmp_path / f"{name}_v3", name=f"{name}_gen_01")
    retellings = Retellings.find([tmp_path])
    (file,) = retellings.list_files("竹がはえ")
    assert (file.variant, file.stem) == ("gen_01", "竹がはえ_gen_01")
    assert retellings.list_unmatched([name]) == []


def test_a_tale_whose_id_ends_like_a_version_has_its_folder(tmp_path: Path) -> None:
    write_retelling(tmp_path / "mill_v2")
    assert list_sources(Retellings.find([tmp_path]), "mill_v2") == ["mill_v2/mill_gen_01.txt"]


def test_a_folder_that_links_to_one_above_is_looked_into_once(folder: Path) -> None:
    (folder / "retellings" / "fox" / "above").symlink_to(folder, target_is_directory=True)
    assert list_sources(Retellings.find([folder]), "fox") == ["retellings/fox/telling.txt"]


def test_a_folder_that_is_not_there_or_holds_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no folder .*nowhere\. Give --retellings the folder of the retellings"):
        Retellings.find([tmp_path / "nowhere"])
    with pytest.raises(DataError, match=r"No retelling was found: .* holds no folder with \*\.txt files\. .*such as .*\.txt"):
        Retellings.find([tmp_path])


def test_a_folder_that_cannot_be_looked_into_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(DataError, match="cannot be looked into: Permission denied"):
        Retellings.find([folder])


def test_no_folder_gives_no_retelling() -> None:
    assert Retellings.find([]) == Retellings()
    assert Retellings().list_files("mill") == Retellings().list_unmatched(["mill"]) == []


def test_retellings_go_to_worker_processes(folder: Path) -> None:
    retellings = Retellings.find([folder])
    assert pickle.loads(pickle.dumps(retellings)) == retellings  # noqa: S301  bytes of our own


def test_the_weight_is_the_share_of_examples_kept_and_the_seed_chooses_them() -> None:
    kept = {seed: [keep_example(seed, "fox~gen_01", f"e{number}", "action", 0.3) for number in range(1000)] for seed in (1, 2)}
    assert kept[1] != kept[2]
    assert all(250 < sum(each) < 350 for each in kept.values())
    # The same on every machine, and more weight only adds.
    assert [number for number in range(20) if kept[1][number]] == [1, 4, 8, 13, 19]
    assert all(keep_example(1, "fox~gen_01", f"e{number}", "action", 0.6) for number in range(1000) if kept[1][number])
