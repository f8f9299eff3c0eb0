from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ft_core.config import make_config
from ft_core.corpus.preparing import prepare, prepare_all_training_data, prepare_training_data
from ft_core.corpus.reporting.report import build_report
from ft_core.errors import DataError, NoTalesError, TaleError, UnknownStepError
from tests.corpus.field_steps import install_field_steps
from tests.distributions import write_step
from tests.tales import make_event, make_tale, write_tale

CONFIG = make_config({"seed": 1, "leaks": "off"})  # the tales of these tests have one text


def write_tales(folder: Path, count: int = 6) -> None:
    for number in range(count):
        write_tale(folder, make_tale(f"tale{number}"))


def test_every_event_gives_an_example_or_a_reason(tmp_path: Path, site: Path) -> None:
    events = [make_event(1), None, make_event(3, event_type="")]
    write_tale(tmp_path, make_tale(narrative_events=events))
    with prepare([tmp_path], install_field_steps(site, "event_type"), CONFIG, keep_examples=True) as preparation:
        assert [example.event_id for example in preparation.list_examples("event_type", "train")] == ["e1"]
        skipped = map(json.loads, preparation.collection.spool["skipped/event_type"].read())
        assert [(item["path"], item["reason"]) for item in skipped] == [
            ("$.narrative_events[1].text_span", "the event has no text"),
            ("$.narrative_events[2].event_type", "event_type is blank"),
        ]
        assert preparation.count_skipped("event_type") == {"event_type is blank": 1, "the event has no text": 1}


def test_examples_that_were_not_kept_are_not_taken_for_none(tmp_path: Path, site: Path) -> None:
    write_tales(tmp_path)
    with (
        prepare([tmp_path], install_field_steps(site, "event_type"), CONFIG) as preparation,
        pytest.raises(ValueError, match="keep_examples=True"),
    ):
        preparation.list_examples("event_type", "train")


def test_a_tale_goes_whole_into_one_split_the_same_for_every_step(tmp_path: Path, site: Path) -> None:
    write_tales(tmp_path)
    data = prepare_training_data([tmp_path], install_field_steps(site, "event_type", "instrument"), CONFIG)
    assert {name: len(ids) for name, ids in data.tales.items()} == {"train": 4, "val": 1, "test": 1}
    for step in data.steps.values():
        for split, texts in (("train", step.train), ("val", step.val), ("test", step.test)):
            assert sorted({text.story_id for text in texts}) == list(data.tales[split])  # type: ignore[index]
        assert [(each.story_id, each.event_id) for each in step.examples] == [
            (text.story_id, text.event_id) for text in step.train
        ]


def test_the_test_tales_of_a_file_are_held_out(tmp_path: Path, site: Path) -> None:
    write_tales(tmp_path / "tales")
    (tmp_path / "test.txt").write_text("tale2\ntale4\n")
    steps = install_field_steps(site, "event_type")
    config = make_config({"test_tales": str(tmp_path / "test.txt"), "leaks": "off"})
    assert prepare_training_data([tmp_path / "tales"], steps, config).tales["test"] == ("tale2", "tale4")
    with pytest.raises(DataError, match="cannot be read"):
        prepare([tmp_path / "tales"], steps, make_config({"test_tales": str(tmp_path / "none")}))


def test_refused_files_do_not_stop_the_others(tmp_path: Path, site: Path) -> None:
    write_tale(tmp_path, make_tale())
    (tmp_path / "bad.json").write_text("{")
    with prepare([tmp_path], install_field_steps(site, "event_type"), CONFIG) as preparation:
        assert [refusal.file for refusal in preparation.refusals] == ["bad.json"]
        assert build_report(preparation)["steps"]["event_type"]["examples"] == 3


def test_a_folder_in_which_no_file_can_be_read_is_an_error(tmp_path: Path, site: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(TaleError, match=r"bad\.json: \$: not JSON"):
        prepare([tmp_path], install_field_steps(site, "event_type"), CONFIG)
    with pytest.raises(NoTalesError):
        prepare([tmp_path / "none"], install_field_steps(site, "event_type"), CONFIG)


def test_hashes_follow_contents_and_split_but_not_names_and_folders(tmp_path: Path, site: Path) -> None:
    for number in range(6):
        write_tale(tmp_path / "one", make_tale(f"tale{number}"))
        write_tale(tmp_path / "two" / "deep", make_tale(f"tale{number}"), f"{9 - number}.json")
    one, two = (
        prepare_training_data([tmp_path / name], install_field_steps(site, "event_type"), CONFIG) for name in ("one", "two")
    )
    assert (one.data_hash, one.split_hash) == (two.data_hash, two.split_hash)
    write_tale(tmp_path / "two", make_tale("tale9"))
    more = prepare_training_data([tmp_path / "two"], install_field_steps(site, "event_type"), CONFIG)
    assert more.data_hash != one.data_hash
    assert more.split_hash != one.split_hash
    other_seed = prepare_training_data(
        [tmp_path / "one"], install_field_steps(site, "event_type"), make_config({"seed": 2, "leaks": "off"})
    )
    assert other_seed.data_hash == one.data_hash


def test_repairs_count_for_the_steps_that_fill_the_repaired_field(tmp_path: Path, site: Path) -> None:
    tale = make_tale(narrative_events=[make_event(1, event_type="gamma", instrument=" comb ")])
    tale["characters"][0]["archetype"] = "hero"
    write_tale(tmp_path, tale)
    with prepare([tmp_path], install_field_steps(site, "event_type", "instrument"), CONFIG) as preparation:
        steps = build_report(preparation)["steps"]
        assert steps["event_type"]["repaired"] == {"propp-code": 1}
        assert steps["instrument"]["repaired"] == {"outer-spaces": 1}
        repairs = map(json.loads, preparation.collection.spool["repairs"].read())
        assert [(each["file"], each["path"], each["rule"]) for each in repairs] == [
            ("fox.json", "$.characters[0].archetype", "label-spelling"),
            ("fox.json", "$.narrative_events[0].instrument", "outer-spaces"),
            ("fox.json", "$.narrative_events[0].event_type", "propp-code"),
        ]


def test_examples_of_installed_steps_are_made_and_written(tmp_path: Path, site: Path) -> None:
    write_step(site, "moral")
    annotated = make_event(1, annotations={"moral": {"moral": "Be kind."}})
    write_tale(tmp_path / "tales", make_tale(narrative_events=[annotated, make_event(2)]))
    examples = prepare_all_training_data(tmp_path / "tales", ["moral"], tmp_path / "out")
    assert [example.as_row() for example in examples["moral"]] == [
        {
            "instruction": "What does the segment teach? Answer as JSON.\n\nOnce a fox lived by a river.",
            "input": "",
            "output": '{"moral": "Be kind."}',
        }
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "manifest.json", "moral_test.jsonl", "moral_train.jsonl", "moral_val.jsonl", "report.html", "report.json",
    ]  # fmt: skip


def test_making_examples_refuses_an_unknown_step_and_bad_files_unless_told_to_keep_going(tmp_path: Path, site: Path) -> None:
    write_step(site, "moral")
    write_tale(tmp_path / "tales", make_tale())
    (tmp_path / "tales" / "bad.json").write_text("{")
    with pytest.raises(UnknownStepError, match="Did you mean 'moral'"):
        prepare_all_training_data(tmp_path / "tales", ["morel"])
    with pytest.raises(TaleError, match=r"bad\.json"):
        prepare_all_training_data(tmp_path / "tales", ["moral"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert prepare_all_training_data(tmp_path / "tales", ["moral"], keep_going=True) == {"moral": []}


SCRIPT = """
import sys
from pathlib import Path
from ft_core.config import make_config
from ft_core.corpus.preparing import prepare
from ft_core.corpus.writing import write_prepared
from ft_core.step import load_steps
steps = load_steps([sys.argv[3]]).working
with prepare([sys.argv[1]], steps, make_config({"leaks": "off"}), beside=Path(sys.argv[2])) as preparation:
    write_prepared(preparation, Path(sys.argv[2]))
"""


def test_the_same_bytes_come_out_under_another_hash_seed_folder_and_file_order(tmp_path: Path, site: Path) -> None:
    install_field_steps(site, "event_type", "instrument")
    written = []
    for hash_seed, numbers in (("1", range(5)), ("2", reversed(range(5)))):
        folder = tmp_path / f"run{hash_seed}"
        for number in numbers:
            tale = make_tale(f"tale{number}", narrative_events=[make_event(1, event_type="gamma"), make_event(2), None])
            write_tale(folder / "tales", tale)
        (folder / "tales" / "bad.json").write_text("[]")
        written.append(run_prepare(folder, site, hash_seed))
    assert written[0] == written[1]
    assert len(written[0]) == 9


def run_prepare(folder: Path, site: Path, hash_seed: str) -> dict[str, bytes]:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(site)}
    command = [sys.executable, "-c", SCRIPT, "tales", str(folder / "out"), str(site)]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    return {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
