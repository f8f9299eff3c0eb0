from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from ft_core.engine.output_folder import Claim, claim_output, remove_adapter
from ft_core.engine.run_file import RunRecord, StepRecord, read_run, write_run
from ft_core.errors import OutputError, RunMismatchError

PLANNED = RunRecord(
    base={"name": "smollm2-135m", "revision": None},
    data={"source": "tales", "data_hash": "d" * 64, "split_hash": "s" * 64},
    seed=1,
    distributions={"action": "ft-action 1.0"},
)


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """An output folder with a trained step."""
    (tmp_path / "stac").mkdir()
    (tmp_path / "stac" / "adapter_config.json").write_text("{}", encoding="utf-8")
    record = replace(PLANNED, distributions={"stac": "ft-stac 1.0"}, steps={"stac": StepRecord("done", adapter="stac")})
    write_run(tmp_path, record)
    return tmp_path


def test_a_record_is_read_as_it_was_written(held: Path) -> None:
    record = read_run(held)
    assert record is not None
    assert record.steps["stac"] == StepRecord("done", adapter="stac")
    assert record.base["name"] == "smollm2-135m"


def test_a_new_folder_is_free(tmp_path: Path) -> None:
    assert claim_output(tmp_path / "a" / "b", PLANNED, ["action"]) == Claim(PLANNED)
    assert (tmp_path / "a" / "b").is_dir()


def test_a_step_is_added_to_the_same_run(held: Path) -> None:
    claim = claim_output(held, PLANNED, ["action"])
    assert set(claim.record.steps) == {"stac"}
    assert claim.record.distributions == {"stac": "ft-stac 1.0", "action": "ft-action 1.0"}
    assert claim.replaced is None


def test_the_revision_of_the_base_is_kept_when_a_step_is_added(held: Path) -> None:
    base = {"name": "smollm2-135m", "revision": "abc"}
    write_run(held, replace(PLANNED, base=base))
    assert claim_output(held, PLANNED, ["action"]).record.base == base


def test_a_step_that_is_there_is_refused(held: Path) -> None:
    with pytest.raises(
        RunMismatchError, match=r"already holds stac. Choose another --output-dir, or train anew with --overwrite"
    ):
        claim_output(held, PLANNED, ["action", "stac"])


@pytest.mark.parametrize("status", ["failed", "running", "skipped"])
def test_a_step_that_did_not_finish_may_be_trained_again(held: Path, status: str) -> None:
    write_run(held, replace(PLANNED, steps={"stac": StepRecord(status)}))  # type: ignore[arg-type]
    assert claim_output(held, PLANNED, ["stac"]).replaced is None


def test_overwriting_within_the_same_run_gives_nothing_up_beforehand(held: Path) -> None:
    write_run(held, replace(PLANNED, steps={"stac": StepRecord("done"), "action": StepRecord("done")}))
    claim = claim_output(held, PLANNED, ["stac"], overwrite=True)
    assert set(claim.record.steps) == {"action", "stac"}
    assert claim.replaced is None


def test_another_run_is_refused_naming_every_difference(held: Path) -> None:
    other = RunRecord(
        base={"name": "acme/model"}, data={"source": "more", "data_hash": "e" * 64, "split_hash": "t" * 64}, seed=2
    )
    with pytest.raises(RunMismatchError) as caught:
        claim_output(held, other, ["action"])
    assert str(caught.value) == (
        f"{held} holds another run:\n"
        "  - base: smollm2-135m → acme/model\n"
        "  - data: tales (dddddddddddd) → more (eeeeeeeeeeee)\n"
        "  - split: ssssssssssss → tttttttttttt\n"
        "  - seed: 1 → 2\n"
        "Choose another --output-dir, or replace that run and all its adapters (stac) with --overwrite."
    )


def test_data_without_a_hash_is_compared_by_its_source(held: Path) -> None:
    unknown = {"source": "prepared", "data_hash": None, "split_hash": None}
    write_run(held, replace(PLANNED, data=unknown))
    assert claim_output(held, replace(PLANNED, data=dict(unknown)), ["action"])
    with pytest.raises(RunMismatchError, match=r"data: prepared \(no hash\) → others \(no hash\)"):
        claim_output(held, replace(PLANNED, data=unknown | {"source": "others"}), ["action"])


def test_overwriting_another_run_replaces_it_as_a_whole(held: Path) -> None:
    other = replace(PLANNED, seed=2)
    assert claim_output(held, other, ["action"], overwrite=True) == Claim(other, (held / "stac",))


def test_other_peoples_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    claim_output(tmp_path, PLANNED, ["action"])
    (tmp_path / "action").mkdir()
    (tmp_path / "action" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"action is in the way: it is not the folder of an adapter"):
        claim_output(tmp_path, PLANNED, ["action"], overwrite=True)


def test_an_adapter_of_an_unknown_run_is_refused(held: Path) -> None:
    (held / "run.json").unlink()
    with pytest.raises(RunMismatchError, match=r"stac holds an adapter of an unknown run"):
        claim_output(held, PLANNED, ["stac"])
    assert claim_output(held, PLANNED, ["stac"], overwrite=True) == Claim(PLANNED)


def test_an_adapter_that_the_record_does_not_know_is_refused_beside_ones_that_it_knows(held: Path) -> None:
    (held / "action").mkdir()
    (held / "action" / "adapter_config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RunMismatchError, match=r"action holds an adapter of an unknown run"):
        claim_output(held, PLANNED, ["action"])
    (held / "instrument").mkdir()
    (held / "instrument" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"instrument is in the way"):
        claim_output(held, PLANNED, ["instrument"], overwrite=True)


def test_a_link_to_an_adapter_is_removed_and_not_what_it_leads_to(held: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(held / "stac")
    remove_adapter(link)
    assert not link.is_symlink()
    assert (held / "stac" / "adapter_config.json").is_file()


def test_an_adapter_that_cannot_be_removed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"gone cannot be removed: .* Remove it by hand"):
        remove_adapter(tmp_path / "gone")


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"steps": {"a": {}}}', '{"steps": {}}', '{"steps": {"../a": {"status": "done"}}}']
)
def test_a_record_that_cannot_be_read_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(OutputError, match=r"run.json is not the record of a run"):
        claim_output(tmp_path, PLANNED, ["action"])


def test_a_record_of_a_newer_version_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(
        '{"base": {}, "data": {}, "seed": 1, "new": 1, "steps": {"a": {"status": "done", "new": 1}}}', encoding="utf-8"
    )
    record = read_run(tmp_path)
    assert record is not None
    assert record.steps["a"].status == "done"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match=r"cannot be written"):
        claim_output(tmp_path / "out", PLANNED, ["action"])


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match=r"out cannot be written: .* a file is in the way"):
        claim_output(tmp_path / "out", PLANNED, ["action"])
