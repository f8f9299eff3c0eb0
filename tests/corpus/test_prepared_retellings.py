from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ft_core.corpus.beside_count import Retold, Summarised
from tests.corpus.preparations import Written, make_data_config, prepare_and_write
from tests.corpus.retellings import PARAGRAPHS, SEGMENTS, write_retelling
from tests.tales import make_event, make_tale, write_tale

OTHERS = tuple(text.replace("the ", "that ").replace("and", "whereupon") for text in PARAGRAPHS)


@pytest.fixture
def tales(tmp_path: Path) -> Path:
    """Two tales of the mill, one of them to test on, each with retellings."""
    for name in ("mill", "wheel"):
        write_tale(tmp_path / "tales", make_mill(name))
        for number, paragraphs in enumerate((PARAGRAPHS, OTHERS), start=1):
            write_retelling(tmp_path / "retellings" / f"{name}_v3", paragraphs, f"{name}_gen_0{number}")
    return tmp_path / "tales"


def make_mill(name: str) -> dict[str, Any]:
    spans = [{"start": 0, "end": len(text), "text": text} for text in SEGMENTS]
    return make_tale(name, narrative_events=[make_event(number, text_span=span) for number, span in enumerate(spans, start=1)])


def tell(tales: Path, *steps: str, out: str = "out", **settings: Any) -> Written:
    folder = tales.parent
    config = make_data_config(folder, "wheel", retellings=(str(folder / "retellings"),), **settings)
    return prepare_and_write(tales, config, *(steps or ("action",)), out=out)


def test_the_tales_to_train_on_are_told_in_other_words_with_the_same_labels(tales: Path) -> None:
    rows = tell(tales).list_rows("action")
    assert [row.story for row in rows] == ["mill"] * 5 + ["mill~gen_01"] * 5 + ["mill~gen_02"] * 5
    assert [row.event for row in rows] == ["e1", "e2", "e3", "e4", "e5"] * 3
    for row, text in zip(rows, (*SEGMENTS, *PARAGRAPHS, *OTHERS), strict=True):
        assert text in row.instruction
    assert [row.output for row in rows[:5]] == [row.output for row in rows[5:10]] == [row.output for row in rows[10:]]


def test_the_tales_to_test_on_have_their_own_text_only_and_that_is_told(tales: Path) -> None:
    written = tell(tales)
    assert {row.story for row in written.list_rows("action", "test")} == {"wheel"}
    held_out = [each for each in written.manifest["retellings"] if each["tale"] == "wheel"]
    assert [(each["file"], each["used"], each["pairs"]) for each in held_out] == [
        ("wheel_v3/wheel_gen_01.txt", False, []),
        ("wheel_v3/wheel_gen_02.txt", False, []),
    ]
    assert {each["reason"] for each in held_out} == {"its tale is in test, where only original texts are"}


def test_a_tale_and_its_retellings_are_one_tale_of_the_split(tales: Path) -> None:
    written = tell(tales)
    assert written.manifest["tales"] == {"train": ["mill"], "val": [], "test": ["wheel"]}
    assert written.report["stories"]["read"] == 2
    assert written.report["events"] == 10
    assert (written.report["steps"]["action"]["examples"], written.report["steps"]["action"]["retold"]) == (10, 10)
    assert sum(written.report["steps"]["action"]["labels"]["type"].values()) == 10


def test_the_score_of_every_pair_is_in_the_manifest(tales: Path) -> None:
    used = [each for each in tell(tales).manifest["retellings"] if each["used"]]
    assert [(each["story"], each["paragraphs"]) for each in used] == [("mill~gen_01", 5), ("mill~gen_02", 5)]
    for record in used:
        assert [pair["paragraph"] for pair in record["pairs"]] == [0, 1, 2, 3, 4]
        assert all(0 < pair["score"] <= 1 for pair in record["pairs"])


def test_a_retelling_that_does_not_fit_is_refused_with_its_reason_and_the_others_are_used(tales: Path) -> None:
    write_retelling(tales.parent / "retellings" / "mill_v3", PARAGRAPHS[:3], "mill_gen_01")
    written = tell(tales)
    assert {row.story for row in written.list_rows("action")} == {"mill", "mill~gen_02"}
    (refused,) = [each for each in written.manifest["retellings"] if each["tale"] == "mill" and not each["used"]]
    assert refused["file"] == "mill_v3/mill_gen_01.txt"
    assert refused["reason"] == "it has 3 paragraphs, while the tale has events for 5; write one paragraph an event"
    assert written.report["retellings"] == {
        Retold.FILES: 4, Retold.USED: 1, Retold.REFUSED: 1, Retold.HELD_OUT: 2, Retold.EVENTS: 5,
    }  # fmt: skip


def test_a_weight_keeps_its_share_of_the_examples_by_the_seed_and_lists_the_others(tales: Path) -> None:
    for number in range(3, 13):
        write_retelling(tales.parent / "retellings" / "mill_v3", PARAGRAPHS, f"mill_gen_{number:02}")
    kept = {}
    for seed in (1, 2):
        written = tell(tales, "action", "instrument", retelling_weight=0.5, seed=seed, out=f"out{seed}")
        kept[seed] = [(row.story, row.event) for row in written.list_rows("action") if "~" in row.story]
        skipped = written.manifest["steps"]["action"]["retold_skipped"]
        assert len(kept[seed]) + len(skipped) == 60
        assert 20 <= len(kept[seed]) <= 40
        assert {each["reason"] for each in skipped} == {"left out by retelling_weight 0.5"}
        assert not {(each["story"], each["event"]) for each in skipped} & {*kept[seed]}
        left_out = [len(written.manifest["steps"][step]["retold_skipped"]) for step in ("action", "instrument")]
        assert written.report["retellings"][Retold.WEIGHED] == sum(left_out)
        assert written.report["steps"]["action"]["skipped"] == {}
    assert kept[1] != kept[2]


def test_a_paragraph_that_is_left_out_is_addressed_in_its_own_file(tales: Path) -> None:
    first = tell(tales, retelling_weight=0.0).manifest["steps"]["action"]["retold_skipped"][0]
    assert (first["file"], first["story"], first["path"]) == ("mill_v3/mill_gen_01.txt", "mill~gen_01", "$[0]")


def test_retellings_of_no_tale_are_told_and_counted(tales: Path) -> None:
    write_retelling(tales.parent / "retellings" / "ghost_v3", name="ghost_gen_01")
    written = tell(tales)
    reason = "is a retelling of no tale that was read"
    assert written.manifest["unmatched"] == [{"file": "ghost_v3/ghost_gen_01.txt", "reason": reason}]
    assert written.report["retellings"][Retold.UNMATCHED] == 1


def test_a_retelling_is_asked_about_with_its_own_summary_where_there_is_one(tales: Path) -> None:
    table = tales.parent / "retold.csv"
    table.write_text(
        "story_name,relative_path,culture,language,summary\n"
        "mill,mill_v3/mill_gen_01.txt,Indian,en,A girl wins the rain.\nmill,mill_v3/none.txt,Indian,en,Nothing.\n"
    )
    written = tell(tales, summaries=(str(table),))
    for row in written.list_rows("action"):
        assert ("A girl wins the rain." in row.instruction) == (row.story == "mill~gen_01")
        assert ("A crane helps a fox." in row.instruction) == (row.story != "mill~gen_01")
    assert [each["line"] for each in written.manifest["unused_summaries"]] == [3]
    assert written.report["summaries"][Summarised.UNUSED] == 1


def test_only_retellings_that_are_trained_on_are_part_of_the_data(tales: Path) -> None:
    before = tell(tales).manifest["data_hash"]
    write_retelling(tales.parent / "retellings" / "wheel_v3", PARAGRAPHS, "wheel_gen_09")
    assert tell(tales).manifest["data_hash"] == before
    write_retelling(tales.parent / "retellings" / "mill_v3", PARAGRAPHS, "mill_gen_09")
    assert tell(tales).manifest["data_hash"] != before
