from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from ft_core.config import make_config
from ft_core.corpus.prepared import read_prepared
from ft_core.corpus.preparing import prepare
from ft_core.corpus.training_data import TrainingData
from ft_core.corpus.writing import write_prepared
from ft_core.errors import PreparedDataError
from ft_core.example import Example, TrainingText
from ft_core.prompt import Prompt
from tests.corpus.field_steps import install_field_steps
from tests.tales import make_event, make_tale, write_tale


@pytest.fixture
def folder(tmp_path: Path, site: Path) -> Path:
    odd = {"start": 0, "end": 9, "text": "A fox.\n\n\u2028Then <|im_end|> 狐 "}
    for number in range(4):
        write_tale(tmp_path / "tales", make_tale(f"tale{number}", narrative_events=[make_event(1, text_span=odd), None]))
    return tmp_path / "out"


def write(folder: Path, *names: str, seed: int = 1) -> TrainingData:
    steps = install_field_steps(folder.parent / "site", *names)
    with prepare(
        [folder.parent / "tales"], steps, make_config({"seed": seed, "leaks": "off"}), keep_examples=True
    ) as preparation:
        write_prepared(preparation, folder)
        return preparation.as_training_data()


def write_lines(folder: Path, name: str, *lines: object) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines), encoding="utf-8")
    return path


def row(output: str = '{"a": "b"}', **changes: Any) -> dict[str, Any]:
    return {"instruction": "Do it.", "input": "", "output": output} | changes


def test_what_was_written_is_read_back_as_it_was(folder: Path) -> None:
    written = write(folder, "event_type", "instrument")
    read = read_prepared(folder)
    assert (read.data_hash, read.split_hash, read.tales) == (written.data_hash, written.split_hash, written.tales)
    for name, step in written.steps.items():
        again = read.steps[name]
        assert (again.train, again.val, again.test, again.skipped) == (step.train, step.val, step.test, step.skipped)
        assert [(each.inputs, each.output, each.prompt) for each in again.examples] == [
            ({}, each.output, each.prompt) for each in step.examples
        ]


def test_only_the_named_steps_are_read(folder: Path) -> None:
    write(folder, "event_type", "instrument")
    assert list(read_prepared(folder, ["instrument"]).steps) == ["instrument"]


def test_the_older_tools_files_are_read_with_the_whole_instruction_as_the_users_turn(tmp_path: Path) -> None:
    write_lines(tmp_path, "action_train.jsonl", row(input="A fox."), "", row("plain text"))
    write_lines(tmp_path, "action_val.jsonl", row())
    data = read_prepared(tmp_path)
    assert dict(data.tales) == {}
    assert data.data_hash == data.split_hash
    assert data.data_hash is not None
    step = data.steps["action"]
    assert step.train == (
        TrainingText(Prompt("", "Do it.\n\nA fox."), '{"a": "b"}', "action_train.jsonl", "line 1"),
        TrainingText(Prompt("", "Do it."), "plain text", "action_train.jsonl", "line 3"),
    )
    assert len(step.val) == 1
    assert step.test == ()
    assert step.examples == (
        Example({}, {"a": "b"}, "action_train.jsonl", "line 1", Prompt("", "Do it.\n\nA fox.")),
        Example({}, {"text": "plain text"}, "action_train.jsonl", "line 3", Prompt("", "Do it.")),
    )


def test_bad_lines_are_told_together_with_file_and_line(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path,
        "action_train.jsonl",
        row(),
        "{",
        "[]",
        {"instruction": 3, "input": ""},
        row(" "),
        r'{"instruction": "\ud800"}',
    )
    with pytest.raises(PreparedDataError) as caught:
        read_prepared(tmp_path)
    assert str(caught.value) == (
        "Some lines cannot be trained on; each must be a JSON object with the strings "
        '"instruction", "input" and "output":\n'
        f"  - {path}:2: not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n"
        f"  - {path}:3: not a JSON object\n"
        f'  - {path}:4: "instruction" is not a string; the key "output" is missing\n'
        f'  - {path}:5: "output" is empty\n'
        f'  - {path}:6: "instruction" holds half of a surrogate pair, which is no character; the key "input" is missing; '
        'the key "output" is missing\n'
        "Mend the lines or prepare the folder again."
    )


def test_the_first_ten_bad_lines_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    write_lines(tmp_path, "action_train.jsonl", *["x"] * 13)
    with pytest.raises(PreparedDataError, match=r"action_train\.jsonl:10: (.|\n)*and 3 more"):
        read_prepared(tmp_path)


def test_a_prepared_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "action_train.jsonl").write_bytes(b'{"\xff')
    with pytest.raises(PreparedDataError, match=r"action_train\.jsonl: not UTF-8 at byte 2; save the file as UTF-8"):
        read_prepared(tmp_path)


def test_a_missing_folder_and_one_without_steps_are_told(tmp_path: Path) -> None:
    with pytest.raises(PreparedDataError, match=r"There is no prepared folder .*Make one with `ft-core prepare"):
        read_prepared(tmp_path / "none")
    with pytest.raises(
        PreparedDataError, match=r"holds no prepared step: neither manifest\.json with steps nor a file \{step\}"
    ):
        read_prepared(tmp_path)


def test_a_step_that_was_not_prepared_is_told_with_the_nearest_one(folder: Path) -> None:
    write(folder, "event_type")
    with pytest.raises(PreparedDataError) as caught:
        read_prepared(folder, ["event_typ"])
    assert str(caught.value) == f"{folder} holds no step 'event_typ'. Did you mean 'event_type'? It holds: event_type."


def test_a_file_that_the_manifest_does_not_know_is_refused(folder: Path) -> None:
    write(folder, "event_type")
    path = folder / "event_type_train.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + json.dumps(row()) + "\n", encoding="utf-8")
    with pytest.raises(PreparedDataError) as caught:
        read_prepared(folder)
    assert str(caught.value) == (
        f"{path} is not the file that manifest.json beside it knows: 3 lines, where 2 were written, or another text. "
        "Prepare the folder again, or remove manifest.json to train on the files as they are."
    )


def test_a_file_that_is_missing_is_told(folder: Path) -> None:
    write(folder, "event_type")
    (folder / "event_type_val.jsonl").unlink()
    with pytest.raises(PreparedDataError, match=r"event_type_val\.jsonl cannot be read: No such file"):
        read_prepared(folder)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "$: Invalid JSON: EOF while parsing an object at line 1 column 1"),
        ("[]", "$: Input should be an object"),
        ("{}", "$.format: Field required"),
        ('{"format": 2}', "$.format: this release reads format 1, not 2"),
    ],
)
def test_a_damaged_manifest_is_told(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    check_refused(tmp_path, why)


@pytest.mark.parametrize(
    ("place", "value", "why"),
    [
        (["data_hash"], None, "$.data_hash: Input should be a valid string"),
        (["split_hash"], 7, "$.split_hash: Input should be a valid string"),
        (["tales", "val"], [3], "$.tales.val[0]: Input should be a valid string"),
        (["steps", "event_type", "files", "val", "sha256"], 1, "$.steps.event_type.files.val.sha256: Input should be a valid"),
        (["steps", "event_type", "files", "train"], [], "$.steps.event_type.files.train: Input should be an object"),
        (
            ["steps", "../out"],
            {"files": {}, "skipped": []},
            "$.steps.../out.[key]: '../out' is no name of a step, which is made of a-z, 0-9 and _",
        ),
        (
            ["steps", "event_type", "files", "train", "lines", 1, "system_chars"],
            -1,
            "$.steps.event_type.files.train.lines[1].system_chars: Input should be greater than or equal to 0",
        ),
        (
            ["steps", "event_type", "files", "train", "lines", 1, "system_chars"],
            300,
            "the system text of event_type_train.jsonl, line 2, is said to have 300 characters, while the whole instruction has",
        ),
    ],
)
def test_a_manifest_that_was_changed_by_hand_is_told_with_the_place(
    folder: Path, place: list[Any], value: object, why: str
) -> None:
    write(folder, "event_type")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    *above, last = place
    reduce(lambda inner, key: inner[key], above, manifest)[last] = value
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    check_refused(folder, why)


def check_refused(folder: Path, why: str) -> None:
    with pytest.raises(PreparedDataError) as caught:
        read_prepared(folder)
    assert str(caught.value).startswith(f"{folder / 'manifest.json'} cannot be used: {why}")
    assert str(caught.value).endswith(". Prepare the folder again.")


def test_files_of_another_split_are_not_read_and_a_step_that_has_only_such_is_told(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(folder, "event_type")
    write(folder, "instrument", seed=2)
    stale = "its files are of another split or of other tales than those of manifest.json; prepare it again"
    with pytest.raises(PreparedDataError) as caught:
        read_prepared(folder, ["event_type"])
    assert str(caught.value) == f"{folder} holds the step 'event_type', but {stale}."
    assert list(read_prepared(folder).steps) == ["instrument"]
    assert caplog.messages == [f"{folder}: left out: event_type: {stale}."]
