from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from ft_core.corpus.preparing import prepare
from ft_core.step import load_steps
from tests.corpus.preparations import Written, make_data_config, prepare_and_write
from tests.corpus.retellings import PARAGRAPHS, SEGMENTS, write_retelling
from tests.tales import make_event, make_tale, write_tale

TEST = "test"
REASON = "left out by balance: more than 0.5 of the answers would be empty"


@pytest.fixture
def tales(tmp_path: Path) -> Path:
    """Twenty tales to train on, with four events without an instrument each, and one with an instrument."""
    for name in (*(f"tale{number}" for number in range(20)), TEST):
        write_tale(tmp_path / "tales", make_poor_tale(name))
    return tmp_path / "tales"


def make_poor_tale(name: str) -> dict[str, Any]:
    spans = [{"start": 0, "end": len(text), "text": text} for text in SEGMENTS]
    events = [
        make_event(number, text_span=span, instrument="" if number > 1 else "silver comb")
        for number, span in enumerate(spans, start=1)
    ]
    return make_tale(name, narrative_events=events)


def balance(tales: Path, *steps: str, out: str = "out", **settings: Any) -> Written:
    config = make_data_config(tales.parent, TEST, **{"balance": 0.5, **settings})
    return prepare_and_write(tales, config, *(steps or ("instrument",)), out=out)


def list_answers(written: Written, split: Any = "train") -> list[str]:
    return [row.output["instrument"] for row in written.list_rows("instrument", split)]


def test_no_more_of_the_answers_to_train_on_are_empty_than_is_wanted(tales: Path) -> None:
    answers = list_answers(balance(tales))
    assert (answers.count("silver comb"), answers.count("")) == (20, 20)
    assert len(list_answers(balance(tales, balance=0.2))) == 25
    assert len(list_answers(balance(tales, balance=0.95))) == 100


def test_the_test_tales_keep_all_their_answers(tales: Path) -> None:
    assert list_answers(balance(tales), "test") == ["silver comb", "", "", "", ""]


def test_what_is_left_out_is_counted_and_every_event_is_still_accounted_for(tales: Path) -> None:
    written = balance(tales)
    step = written.report["steps"]["instrument"]
    assert (step["examples"], step["skipped"], step["left_out_by_balance"]) == (45, {REASON: 60}, 60)
    assert step["examples"] + sum(step["skipped"].values()) == written.report["events"] == 105
    assert step["split"] == {"train": 40, "val": 0, "test": 5}
    assert step["empty"] == {"share": 0.5, "train": 20, "val": 0, "test": 4}
    assert step["cultures"] == {"Indian": {"train": 40, "val": 0, "test": 5}}
    assert written.count_skipped("instrument") == 60


def test_each_left_out_event_is_named_and_has_no_line(tales: Path) -> None:
    written = balance(tales)
    skipped = written.manifest["steps"]["instrument"]["skipped"]
    assert skipped[0] == {
        "file": f"{skipped[0]['story']}.json",
        "story": skipped[0]["story"],
        "event": skipped[0]["event"],
        "path": f"$.narrative_events[{int(skipped[0]['event'][1:]) - 1}]",
        "reason": REASON,
        "step": "instrument",
    }
    left_out = {(each["story"], each["event"]) for each in skipped}
    kept = [(row.story, row.event) for row in written.list_rows("instrument")]
    assert not left_out & {*kept}
    assert len(left_out | {*kept}) == 100
    for row in written.list_rows("instrument"):
        assert (row.output["instrument"] == "silver comb") == (row.event == "e1")


def test_the_seed_chooses_and_every_step_is_balanced_by_itself(tales: Path) -> None:
    one = balance(tales, "instrument", "action")
    assert len(one.list_rows("action")) == 100
    assert one.report["steps"]["action"]["left_out_by_balance"] == 0
    events = [
        [(row.story, row.event) for row in each.list_rows("instrument")]
        for each in (one, balance(tales), balance(tales, seed=2))
    ]
    assert events[0] == events[1] != events[2]


def test_a_step_without_any_other_answer_keeps_its_empty_ones(tales: Path) -> None:
    for path in tales.iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace('silver comb"', '"'), encoding="utf-8")
    written = balance(tales)
    assert len(written.list_rows("instrument")) == 100
    assert written.report["steps"]["instrument"]["empty"]["share"] == 1.0


def test_retellings_are_balanced_together_with_the_tales_and_left_out_ones_are_no_skipped_events(tales: Path) -> None:
    write_retelling(tales.parent / "retellings" / "tale0", PARAGRAPHS, "gen_01")
    written = balance(tales, retellings=(str(tales.parent / "retellings"),))
    answers = list_answers(written)
    assert (answers.count("silver comb"), answers.count("")) == (21, 21)
    step = written.report["steps"]["instrument"]
    retold_skipped = written.count_skipped("instrument", "retold_skipped")
    assert step["examples"] + sum(step["skipped"].values()) == written.report["events"]
    assert step["retold"] + retold_skipped == 5
    assert sum(step["skipped"].values()) + retold_skipped == step["left_out_by_balance"] == 63
    assert step["examples"] + step["retold"] == len(answers) + 5


def test_examples_in_memory_are_those_of_the_files(tales: Path) -> None:
    rows = balance(tales).list_rows("instrument")
    config = make_data_config(tales.parent, TEST, balance=0.5)
    with prepare([tales], load_steps().select(["instrument"]), config, workers=2, keep_examples=True) as preparation:
        examples = preparation.list_examples("instrument", "train")
    assert [(each.story_id, each.event_id) for each in examples] == [(row.story, row.event) for row in rows]


def test_the_hash_of_a_file_is_that_of_the_lines_that_stay(tales: Path) -> None:
    written = balance(tales)
    entry = written.manifest["steps"]["instrument"]["files"]["train"]
    assert entry["sha256"] == hashlib.sha256((written.folder / entry["file"]).read_bytes()).hexdigest()
