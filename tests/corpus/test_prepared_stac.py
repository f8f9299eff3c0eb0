from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ft_core.corpus.beside_count import Stac
from tests.corpus.preparations import Written, make_data_config, prepare_and_write
from tests.corpus.sidecars import SENTENCES, TEXT, write_sidecar, write_text
from tests.tales import make_event, make_tale, write_tale

SEGMENTS = (
    "Once a fox lived\nby a river. It had to cross before the flood.",
    "The fox rowed all night.",
    "Not of this text at all.",
)
RECORDS = [
    {
        "situation": "Once a fox lived\nby a river.",
        "task": "It had to cross before the flood.",
        "action": "",
        "consequence": "",
    },
    {"situation": "", "task": "", "action": "The fox rowed all night.", "consequence": ""},
]
ANSWERS = [
    {
        "sentences": [
            {"text": "Once a fox lived by a river.", "head": "situation"},
            {"text": "It had to cross before the flood.", "head": "task"},
        ]
    },
    {"sentences": [{"text": "The fox rowed all night.", "head": "action"}]},
]


@pytest.fixture
def tales(tmp_path: Path) -> Path:
    write_tale(
        tmp_path / "tales", make_tale(narrative_events=make_events(), source_info={"language": "en", "text_content": TEXT})
    )
    write_sidecar(tmp_path / "stac", model="acme-writer")
    return tmp_path / "tales"


def make_events(**changes: Any) -> list[dict[str, Any]]:
    spans = [{"start": TEXT.find(text), "end": TEXT.find(text) + len(text), "text": text} for text in SEGMENTS]
    return [make_event(number, text_span=span, **changes) for number, span in enumerate(spans, start=1)]


def label(tales: Path, *steps: str, out: str = "out", **settings: Any) -> Written:
    folder = tales.parent
    config = make_data_config(folder, stac_dir=(str(folder / "stac"),), **settings)
    return prepare_and_write(tales, config, *(steps or ("stac", "event_type")), out=out)


def test_sidecars_give_the_stac_step_its_answers(tales: Path) -> None:
    rows = label(tales).list_rows("stac")
    assert [(row.event, row.output) for row in rows] == list(zip(("e1", "e2"), ANSWERS, strict=True))


def test_an_event_without_a_record_gives_no_answer_and_the_reason_is_told(tales: Path) -> None:
    written = label(tales)
    (skipped,) = written.manifest["steps"]["stac"]["skipped"]
    assert (skipped["event"], skipped["reason"]) == ("e3", "no STAC record is annotated")
    (problem,) = written.manifest["stac_problems"]
    assert problem["path"] == "$.narrative_events[2].text_span"
    assert "so it has no STAC record" in problem["reason"]


def test_the_event_type_is_asked_for_with_the_record_that_the_stac_step_learns(tales: Path) -> None:
    plain = prepare_and_write(tales, make_data_config(tales.parent), "event_type", out="plain").list_rows("event_type")
    shown = label(tales).list_rows("event_type")
    for record, before, after in zip(RECORDS, plain[:2], shown[:2], strict=True):
        said = json.dumps({head: text for head, text in record.items() if text})
        assert said in after.instruction
        assert said not in before.instruction
    assert shown[2] == plain[2]


def test_where_a_record_comes_from_is_in_the_manifest(tales: Path) -> None:
    first, second = label(tales).manifest["stac"]
    assert (first["event"], first["origin"], first["sidecar"], first["model"]) == (
        "e1",
        "sidecar",
        "fox_stac.json",
        "acme-writer",
    )
    assert (first["heads"], second["heads"]) == (["situation", "task"], ["action"])
    assert [len(each["sentences"]) for each in (first, second)] == [2, 1]


def test_a_record_of_the_annotators_goes_before_that_of_a_sidecar(tales: Path) -> None:
    own = {"situation": "", "task": "", "action": "It had to cross before the flood.", "consequence": ""}
    events = [make_events(stac=own)[0], *make_events()[1:]]
    write_tale(tales, make_tale(narrative_events=events, source_info={"language": "en", "text_content": TEXT}))
    written = label(tales)
    first, second = (row.output["sentences"] for row in written.list_rows("stac"))
    assert [each["head"] for each in first] == ["none", "action"]
    assert second == ANSWERS[1]["sentences"]
    assert [each["origin"] for each in written.manifest["stac"]] == ["tale", "sidecar"]


@pytest.mark.parametrize(("fields", "events"), [(1, ["e1", "e2"]), (2, ["e1"]), (3, [])])
def test_a_record_that_fills_too_few_heads_is_neither_learnt_nor_shown_and_counts_as_a_repair(
    tales: Path, fields: int, events: list[str]
) -> None:
    written = label(tales, stac_min_fields=fields)
    assert [row.event for row in written.list_rows("stac")] == events
    shown = [row.event for row in written.list_rows("event_type") if '"action": "The fox rowed' in row.instruction]
    assert shown == [event for event in events if event == "e2"]
    short = [each for each in written.manifest["repairs"] if each["rule"] == "short-stac-record"]
    assert [each["before"] for each in short] == RECORDS[len(events) :]
    assert written.report["steps"]["stac"]["repaired"].get("short-stac-record", 0) == 2 - len(events)


def test_the_records_and_sentences_are_counted(tales: Path) -> None:
    write_sidecar(tales.parent / "stac", tale_id="ghost")
    write_sidecar(tales.parent / "stac" / "two", tale_id="fox")
    counts = label(tales).report["stac"]
    assert counts["events with a STAC record from a sidecar"] == 2
    assert counts["events without a STAC record"] == 1
    assert (counts["sentences"], counts["sentences used"], counts["sentences in no record"]) == (len(SENTENCES), 3, 2)
    assert counts[Stac.UNMATCHED] == 2


def test_sidecars_of_no_tale_and_second_ones_are_told(tales: Path) -> None:
    write_sidecar(tales.parent / "stac", tale_id="ghost")
    write_sidecar(tales.parent / "stac" / "two", tale_id="fox")
    assert label(tales).manifest["unmatched"] == [
        {"file": "ghost_stac.json", "reason": "is a STAC sidecar of no tale that was read"},
        {"file": "two/fox_stac.json", "reason": "is a second STAC sidecar of its tale; the first by name is used"},
    ]


def test_a_sidecar_that_cannot_be_used_is_told_and_the_tale_goes_on_without(tales: Path) -> None:
    (tales.parent / "stac" / "fox_stac.json").write_text('{"sentences": 3}')
    written = label(tales)
    assert written.manifest["stac_problems"][0] == {
        "file": "fox_stac.json", "path": "$.sentences", "reason": "is a whole number, where an array is due",
    }  # fmt: skip
    assert written.list_rows("stac") == []
    assert len(written.list_rows("event_type")) == 3


def test_offsets_refer_to_the_text_in_the_folder_that_is_given(tales: Path) -> None:
    write_text(tales.parent / "plain", TEXT)
    written = label(tales, texts_dir=(str(tales.parent / "plain"),))
    assert {each["text"] for each in written.manifest["stac"]} == {"fox.txt"}
    assert [row.output for row in written.list_rows("stac")] == ANSWERS


def test_records_from_sidecars_are_part_of_the_data(tales: Path) -> None:
    before = label(tales).manifest["data_hash"]
    assert prepare_and_write(tales, make_data_config(tales.parent), "stac", out="plain").manifest["data_hash"] != before
    write_sidecar(tales.parent / "stac", SENTENCES[:3])
    assert label(tales).manifest["data_hash"] != before


def test_the_sentences_of_a_training_tale_are_cut_anew_as_often_as_asked(tales: Path) -> None:
    written = label(tales, stac_cuts=3)
    plain = label(tales, out="plain")
    rows = [row for row in written.list_rows("stac") if "~cut-" in row.story]
    assert {row.story for row in rows} == {"fox~cut-1", "fox~cut-2", "fox~cut-3"}
    assert written.list_rows("stac")[:2] == plain.list_rows("stac")
    assert written.report["steps"]["stac"]["cut"] == written.report["stac"][Stac.CUT] == len(rows)
    assert written.report["steps"]["stac"]["examples"] == 2
    assert written.manifest["data_hash"] != plain.manifest["data_hash"]


def test_only_steps_that_answer_with_records_learn_from_cuts(tales: Path) -> None:
    written = label(tales, stac_cuts=3)
    assert [row.story for row in written.list_rows("event_type")] == ["fox"] * 3
    assert written.report["steps"]["event_type"]["cut"] == 0


def test_a_held_out_tale_is_not_cut(tales: Path) -> None:
    write_tale(tales, make_tale("crow"))
    config = make_data_config(tales.parent, "fox", stac_dir=(str(tales.parent / "stac"),), stac_cuts=3)
    written = prepare_and_write(tales, config, "stac")
    assert [row.story for row in written.list_rows("stac", "test")] == ["fox"] * 2
    assert written.list_rows("stac") == []


def test_a_segment_cut_anew_whose_record_is_too_short_is_told(tales: Path) -> None:
    written = label(tales, "stac", stac_cuts=1, stac_min_fields=4)
    told = [each for each in written.manifest["stac_problems"] if "fox~cut-1" in each["reason"]]
    assert {each["file"] for each in told} == {"fox_stac.json"}
    assert told
    assert written.report["stac"][Stac.CUT] == 0
    assert written.list_rows("stac") == []


def test_where_cuts_are_asked_for_and_no_step_learns_from_them_the_report_says_so(tales: Path) -> None:
    assert label(tales, "event_type", stac_cuts=3).report["stac"][Stac.CUT] == 0
    assert Stac.CUT not in label(tales, "event_type").report["stac"]
