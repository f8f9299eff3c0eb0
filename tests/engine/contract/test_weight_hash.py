from __future__ import annotations

import json
from pathlib import Path

import pytest

from ft_core.engine.base_model import BaseModel
from ft_core.engine.contract import base_terms, weight_hash
from ft_core.engine.contract.base_terms import describe_base
from ft_core.engine.contract.weight_hash import BLOCK, STRIDE, describe_weights
from ft_core.errors import BaseModelError

SIZE = 2 * STRIDE + BLOCK // 2  # two whole strides, and less than a block at the end


def write_shard(path: Path, size: int = SIZE) -> None:
    header = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(size - 8 - len(header)))


def change(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"\x01")


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that counts as too large to be hashed whole."""
    monkeypatch.setattr(weight_hash, "WHOLE_UP_TO", STRIDE)
    write_shard(tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("place", [100, BLOCK - 1, STRIDE, 2 * STRIDE, SIZE - 1, SIZE - BLOCK])
def test_a_byte_of_the_sample_of_a_large_file_shows(large: Path, place: int) -> None:
    (before,) = describe_weights(large.parent)
    change(large, place)
    (after,) = describe_weights(large.parent)
    assert not before.whole
    assert (before.size, before.header) == (after.size, after.header)
    assert before.content != after.content


def test_a_byte_between_the_samples_does_not_show_and_of_a_small_file_every_byte_does(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = describe_weights(large.parent)
    monkeypatch.undo()
    whole = describe_weights(large.parent)
    change(large, STRIDE - 1)
    assert describe_weights(large.parent) != whole
    assert whole[0].whole
    monkeypatch.setattr(weight_hash, "WHOLE_UP_TO", STRIDE)
    assert describe_weights(large.parent) == before


def test_the_shards_that_the_index_names_are_the_weights(tmp_path: Path) -> None:
    for name in ("b-2.safetensors", "b-1.safetensors", "consolidated.safetensors"):
        write_shard(tmp_path / name, 200)
    index = {"weight_map": {"x": "b-2.safetensors", "y": "b-1.safetensors", "z": "b-2.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    assert [shard.name for shard in describe_weights(tmp_path)] == ["b-1.safetensors", "b-2.safetensors"]
    write_shard(tmp_path / "model.safetensors", 200)
    assert [shard.name for shard in describe_weights(tmp_path)] == ["model.safetensors"]


@pytest.mark.parametrize("content", [b"", b"\x10", b"\xff" * 8 + b"{}", (9).to_bytes(8, "little") + b"{}"])
def test_weights_that_are_cut_off_are_an_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(BaseModelError, match=r"cannot be read: it is not a safetensors file. Fetch the model again"):
        describe_base(BaseModel(str(tmp_path), tmp_path))


def test_a_bases_files_are_read_once_until_they_change(
    base: BaseModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    copy = Path(shutil.copytree(base.locate(), tmp_path / "copy"))
    reads: list[Path] = []
    describe = base_terms.describe_weights
    monkeypatch.setattr(base_terms, "describe_weights", lambda folder: reads.append(folder) or describe(folder))
    first = describe_base(BaseModel(str(copy), copy))
    assert describe_base(BaseModel(str(copy), copy)) == first
    assert len(reads) == 1
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps(config | {"rope_theta": 5.0}), encoding="utf-8")
    assert describe_base(BaseModel(str(copy), copy)) != first
    assert len(reads) == 2
