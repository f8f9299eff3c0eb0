from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from ft_core.corpus.reading import raw_tale
from ft_core.corpus.reading.files import find_tale_files
from ft_core.corpus.reading.loading import TaleSet, read_tales
from ft_core.corpus.reading.raw_tale import iterate_raw
from tests.corpus.older_tales import make_tale_v1
from tests.tales import make_tale


def dump(tale: object) -> bytes:
    return json.dumps(tale, ensure_ascii=False).encode()


def list_read(tales: TaleSet) -> list[tuple[str, str]]:
    return [(story.source, story.id) for story in tales.stories]


def test_a_file_with_a_tale_a_line_is_read_line_by_line(tmp_path: Path) -> None:
    lines = [dump(make_tale("a")), b"", b" \t", dump(make_tale_v1("b")), dump(make_tale("c"))]
    (tmp_path / "tales.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    tales = read_tales([tmp_path])
    assert list_read(tales) == [("tales.jsonl:1", "a"), ("tales.jsonl:4", "b"), ("tales.jsonl:5", "c")]
    assert tales.refusals == []


@pytest.mark.parametrize("name", ["a.json.gz", "A.JSON.GZ"])
def test_a_packed_tale_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(dump(make_tale())))
    assert list_read(read_tales([tmp_path])) == [(name, "fox")]


@pytest.mark.parametrize("name", ["tales.jsonl.gz", "Tales.JsonL.Gz"])
def test_packed_lines_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(dump(make_tale("a")) + b"\n" + dump(make_tale("b"))))
    assert list_read(read_tales([tmp_path])) == [(f"{name}:1", "a"), (f"{name}:2", "b")]


def test_a_line_that_is_no_tale_is_refused_by_its_number_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [b"{", dump(make_tale("a")), b'{"a": "\xff"}', dump(make_tale("b", metadata={"id": 7}))]
    (tmp_path / "tales.jsonl").write_bytes(b"\n".join(lines))
    tales = read_tales([tmp_path])
    assert list_read(tales) == [("tales.jsonl:2", "a")]
    assert list(map(str, tales.refusals)) == [
        "tales.jsonl:1: $: not JSON: line 1, column 2: Expecting property name enclosed in double quotes",
        "tales.jsonl:3: $: not UTF-8: byte 0xff at offset 7; save the file as UTF-8",
        "tales.jsonl:4: $.metadata.id: is a number, where a string or null is due",
    ]


def test_a_line_without_an_id_is_named_after_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "tales.jsonl.gz").write_bytes(gzip.compress(b"\n" + dump(make_tale(metadata=None))))
    assert list_read(read_tales([tmp_path])) == [("tales.jsonl.gz:2", "tales-2")]


@pytest.mark.parametrize("cut", [3, 200, -4])
def test_a_packed_file_that_is_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(dump(make_tale()))[:cut])
    (refusal,) = read_tales([tmp_path]).refusals
    assert (refusal.file, refusal.path) == ("a.json.gz", "$")
    assert refusal.reason.startswith("cannot be unpacked: ")
    assert refusal.reason.endswith("; pack it again with gzip")


def test_of_packed_lines_that_are_cut_off_those_before_the_cut_are_read(tmp_path: Path) -> None:
    lines = b"\n".join(dump(make_tale(f"t{number}")) for number in range(400))
    packed = gzip.compress(lines)
    (tmp_path / "tales.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    tales = read_tales([tmp_path])
    assert 0 < len(tales.stories) < 400
    assert [each.file for each in tales.refusals] == ["tales.jsonl.gz"]


def test_what_is_not_packed_although_it_is_named_so_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(dump(make_tale()))
    (refusal,) = read_tales([tmp_path]).refusals
    assert refusal.reason == "cannot be unpacked: Not a gzipped file (b'{\"'); pack it again with gzip"


@pytest.mark.parametrize(("name", "source"), [("a.json", "a.json"), ("a.jsonl", "a.jsonl:1"), ("a.json.gz", "a.json.gz")])
def test_a_tale_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str) -> None:
    monkeypatch.setattr(raw_tale, "MAX_BYTES", 1 << 20)
    data = b'{"a": "' + b"x" * (1 << 20) + b'"}'
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert list(map(str, read_tales([tmp_path]).refusals)) == [f"{source}: $: is larger than 1 MiB, and so is no tale"]


def test_a_file_of_lines_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    line = dump(make_tale(padding="x" * 10_000)) + b"\n"
    (tmp_path / "tales.jsonl").write_bytes(line * 1_000)
    (file,) = find_tale_files([tmp_path]).tales
    tracemalloc.start()
    count = sum(1 for _ in iterate_raw(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1_000
    assert peak < 2_000_000
