from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch

from ft_core.engine.loop.checkpoint import Checkpoint, CheckpointStore


def make(step: int) -> Checkpoint:
    return Checkpoint(
        {"step": step}, {"adapter": {"w": torch.full((3,), float(step))}, "random": {"cpu": torch.get_rng_state()}}
    )


def save(folder: Path, *steps: int) -> CheckpointStore:
    store = CheckpointStore(folder)
    for step in steps:
        store.save(step, make(step))
    return store


def find_step(checkpoint: Checkpoint | None) -> int:
    return int(checkpoint.state["step"]) if checkpoint else 0


def test_the_last_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    loaded = save(tmp_path, 2, 10).load_last()
    assert loaded is not None
    assert loaded.state == {"step": 10}
    assert loaded.tensors["adapter"]["w"].tolist() == [10.0] * 3
    assert torch.equal(loaded.tensors["random"]["cpu"], make(1).tensors["random"]["cpu"])


def test_the_last_two_are_kept_and_the_best_beside_them(tmp_path: Path) -> None:
    store = save(tmp_path, 1, 2)
    store.save_best(make(2))
    save(tmp_path, 3, 4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best", "step-00000003", "step-00000004"]
    assert find_step(store.load_best()) == 2
    store.remove()
    assert (store.load_last(), store.load_best()) == (None, None)


@pytest.mark.parametrize("name", ["adapter.safetensors", "state.json", "random.safetensors"])
def test_a_checkpoint_with_one_flipped_byte_is_refused_and_the_one_before_it_used(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = save(tmp_path, 1, 2)
    path = tmp_path / "step-00000002" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        assert find_step(store.load_last()) == 1
    assert f"is damaged ({name} is not what was written) and is not used; the one before it is" in caplog.text


@pytest.mark.parametrize("damage", ["missing", "no manifest", "cut"])
def test_a_checkpoint_that_is_not_whole_is_refused(tmp_path: Path, damage: str) -> None:
    store = save(tmp_path, 1, 2)
    folder = tmp_path / "step-00000002"
    if damage == "missing":
        (folder / "adapter.safetensors").unlink()
    elif damage == "no manifest":
        (folder / "manifest.json").unlink()
    else:
        (folder / "manifest.json").write_text("{", encoding="utf-8")
    assert find_step(store.load_last()) == 1


def test_nothing_is_pickled(tmp_path: Path) -> None:
    save(tmp_path, 1)
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".json", ".safetensors"}


def test_what_a_killed_process_left_is_no_checkpoint_and_goes(tmp_path: Path) -> None:
    (tmp_path / ".step-00000002.abc").mkdir(parents=True)
    store = CheckpointStore(tmp_path)
    assert store.load_last() is None
    store.save(2, make(2))
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000002"]
