"""``ft-core prepare`` of the sample tales with everything that may lie beside tales, in other processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ft_core.corpus.beside_count import Retold
from ft_core.corpus.reading.loading import read_tales
from ft_core.corpus.reading.samples import samples_dir
from ft_core.story import Story
from tests.corpus.preparations import Written, read_written
from tests.corpus.sidecars import write_sidecar
from tests.tales import write_tale

HEADS = ("situation", "task", "action", "consequence")
OPTIONS = (
    "--stac-dir", "beside/stac", "--retellings", "beside/retellings", "--summaries", "beside/summaries.csv",
    "--summary-dropout", "0.3", "--retelling-weight", "0.5", "--balance", "0.3", "--stac-min-fields", "1",
    "--folds", "5", "--fold", "2", "--without-rules", "outer-spaces", "--seed", "11", "--leaks", "move",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample tales, each once more under another id, with sidecars, retellings and summaries: more than one chunk."""
    made = tmp_path_factory.mktemp("samples")
    for path in sorted(samples_dir().glob("*.json")):
        for ending in ("", "_again"):
            write_changed(made / "tales", json.loads(path.read_text(encoding="utf-8")), ending)
    stories = read_tales([made / "tales"]).stories
    for story in stories:
        write_beside(made / "beside", story)
    rows = [f'{story.id},{story.id}.txt,"Of {story.title}."' for story in stories]
    (made / "beside" / "summaries.csv").write_text("\n".join(["story_name,text_file,summary", *rows, ""]), encoding="utf-8")
    write_sidecar(made / "beside" / "stac", tale_id="ghost")
    return made


def write_changed(folder: Path, tale: dict[str, Any], ending: str) -> None:
    tale["metadata"]["id"] += ending
    for event in tale["narrative_events"][::2]:
        event.pop("stac", None)
    if ending:
        tale["analysis"] = {}
    write_tale(folder, tale)


def write_beside(beside: Path, story: Story) -> None:
    segments = [event.text for event in story.told_events()]
    write_sidecar(beside / "stac", [(HEADS[number % 4], text) for number, text in enumerate(segments)], story.id)
    for variant in ("gen_01", "gen_02"):
        path = beside / "retellings" / f"{story.id}_v3" / f"{story.id}_{variant}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(f"{{{text} ({variant})}}" for text in segments), encoding="utf-8")


def run(folder: Path, out: str, *flags: str, hash_seed: str) -> Written:
    command = [sys.executable, "-m", "ft_core", "prepare", "--data-dir", "tales", "--output-dir", out, *OPTIONS, *flags]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return read_written(folder / out)


@pytest.fixture(scope="module")
def one(folder: Path) -> Written:
    return run(folder, "one", "--workers", "1", hash_seed="1")


def test_the_bytes_depend_neither_on_the_hash_seed_nor_on_the_number_of_processes(folder: Path, one: Written) -> None:
    two = run(folder, "two", "--workers", "2", hash_seed="2")
    files, others = ({path.name: path.read_bytes() for path in written.folder.iterdir()} for written in (one, two))
    assert files.keys() == others.keys()
    assert len(files) == 6 * 3 + 3
    assert [name for name in files if files[name] != others[name]] == []


def test_every_event_is_accounted_for_in_every_step_with_every_option(one: Written) -> None:
    assert (one.report["stories"]["read"], one.report["events"]) == (20, 170)
    retold = one.report["retellings"][Retold.EVENTS]
    for name, step in one.report["steps"].items():
        assert step["examples"] + sum(step["skipped"].values()) == 170, name
        assert step["retold"] + one.count_skipped(name, "retold_skipped") == retold, name
        assert sum(step["split"].values()) == step["examples"], name
        assert all(len(one.list_rows(name, split)) == step["split"][split] for split in ("val", "test")), name
        assert len(one.list_rows(name)) == step["split"]["train"] + step["retold"], name


def test_every_option_had_something_to_do(one: Written) -> None:
    report, manifest = one.report, one.manifest
    assert report["steps"]["instrument"]["left_out_by_balance"] > 0
    assert report["steps"]["instrument"]["empty"]["share"] <= 0.3
    assert {each["origin"] for each in manifest["stac"]} == {"tale", "sidecar"}
    assert len(manifest["summaries"]) == 10
    assert report["leaks"]["pairs"]
    assert manifest["unmatched"] == [{"file": "ghost_stac.json", "reason": "is a STAC sidecar of no tale that was read"}]
    assert manifest["settings"]["without_rules"] == ["outer-spaces"]


def test_no_file_says_where_it_was_written(one: Written) -> None:
    for path in one.folder.iterdir():
        assert str(one.folder.parent) not in path.read_text(encoding="utf-8"), path.name
