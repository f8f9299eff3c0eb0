from __future__ import annotations

import json
from pathlib import Path

from ft_core.corpus.reading.files import TaleFile, find_tale_files
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.tale_chunk import cut_chunks
from tests.tales import make_tale, write_tale


def write_lines(path: Path, count: int) -> None:
    path.write_text("".join(json.dumps(make_tale(f"{path.stem}{number}")) + "\n" for number in range(count)))


def read_sources(files: list[TaleFile]) -> list[list[str]]:
    """Return what each chunk yields, by the names of its tales and refused files."""
    return [[raw.source if isinstance(raw, RawTale) else f"!{raw.file}" for raw in chunk.read()] for chunk in cut_chunks(files)]


def test_files_are_cut_into_chunks_in_their_order(tmp_path: Path) -> None:
    for number in range(40):
        write_tale(tmp_path, make_tale(f"t{number:02}"))
    chunks = read_sources(find_tale_files([tmp_path]).tales)
    assert [len(chunk) for chunk in chunks] == [16, 16, 8]
    assert [source for chunk in chunks for source in chunk] == [f"t{number:02}.json" for number in range(40)]


def test_a_file_with_a_tale_a_line_is_cut_by_its_lines_between_the_files_around_it(tmp_path: Path) -> None:
    for name in ("a", "c"):
        write_tale(tmp_path, make_tale(name))
    write_lines(tmp_path / "b.jsonl", 100)
    chunks = read_sources(find_tale_files([tmp_path]).tales)
    assert [len(chunk) for chunk in chunks] == [1, 64, 36, 1]
    assert [chunk[0] for chunk in chunks] == ["a.json", "b.jsonl:1", "b.jsonl:65", "c.json"]


def test_long_lines_make_smaller_chunks(tmp_path: Path) -> None:
    lines = [json.dumps(make_tale(f"t{number}", notes="x" * 3_000_000)) for number in range(3)]
    (tmp_path / "long.jsonl").write_text("\n".join(lines))
    assert [len(chunk) for chunk in read_sources(find_tale_files([tmp_path]).tales)] == [2, 1]


def test_files_are_opened_only_when_their_chunk_is_read(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale("fox"))
    (chunk,) = cut_chunks(find_tale_files([tmp_path]).tales)
    (tmp_path / "fox.json").unlink()
    assert list(chunk.read()) == [Refusal("fox.json", "$", "cannot be read: No such file or directory")]


def test_what_cannot_be_read_comes_after_the_lines_before_it(tmp_path: Path) -> None:
    write_lines(tmp_path / "b.jsonl", 3)
    packed = TaleFile("b.jsonl.gz", tmp_path / "b.jsonl.gz")
    packed.path.write_bytes((tmp_path / "b.jsonl").read_bytes())
    files = [*find_tale_files([tmp_path / "b.jsonl"]).tales, packed]
    assert read_sources(files) == [["b.jsonl:1", "b.jsonl:2", "b.jsonl:3"], ["!b.jsonl.gz"]]


def test_no_files_make_no_chunk() -> None:
    assert list(cut_chunks([])) == []
