from __future__ import annotations

from pathlib import Path

import pytest

from ft_core.corpus.beside_count import Summarised
from tests.corpus.preparations import Written, make_data_config, prepare_and_write
from tests.tales import make_tale, write_tale

OWN = "A crane helps a fox."
TABLE = "A heron sends the rain."
HEADER = "story_name,text_file,summary\n"


@pytest.fixture
def tales(tmp_path: Path) -> Path:
    """Tales with a summary of their own, without one, and one to test on."""
    folder = tmp_path / "tales"
    write_tale(folder, make_tale("fox"))
    write_tale(folder, make_tale("mill", analysis=...))
    write_tale(folder, make_tale("owl", analysis=...))
    write_tale(folder, make_tale("test"))
    return folder


def write_table(tales: Path, *rows: str) -> tuple[str, ...]:
    path = tales.parent / "summaries.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return (str(path),)


def count_shown(written: Written, summary: str, split: str = "train") -> int:
    return sum(summary in row.instruction for row in written.list_rows("action", split))  # type: ignore[arg-type]


def test_a_summary_of_a_csv_file_is_shown_only_where_the_tale_has_none(tales: Path) -> None:
    summaries = write_table(tales, f"mill,texts/mill.txt,{TABLE}", "fox,texts/fox.txt,Not this one.")
    written = prepare_and_write(tales, make_data_config(tales.parent, "test", summaries=summaries), "action")
    shown = {
        story: [row.instruction for row in written.list_rows("action") if row.story == story]
        for story in ("fox", "mill", "owl")
    }
    assert all(TABLE in text for text in shown["mill"])
    assert all(OWN in text and "Not this one." not in text for text in shown["fox"])
    assert not any(TABLE in text or OWN in text for text in shown["owl"])
    assert written.manifest["summaries"] == [{"story": "mill", "file": "summaries.csv", "line": 2}]


def test_where_summaries_come_from_is_counted(tales: Path) -> None:
    summaries = write_table(tales, f"mill,texts/mill.txt,{TABLE}", "ghost,texts/ghost.txt,Nobody.", "owl,texts/owl.txt,")
    written = prepare_and_write(tales, make_data_config(tales.parent, "test", summaries=summaries), "action")
    counts = {Summarised.OWN: 2, Summarised.FROM_TABLE: 1, Summarised.NONE: 1, Summarised.UNUSED: 2}
    assert written.report["summaries"] == counts
    assert written.manifest["unused_summaries"] == [
        {"file": "summaries.csv", "line": 4, "name": "owl", "reason": "its summary is blank"},
        {"file": "summaries.csv", "line": 3, "name": "ghost", "reason": "no tale that was read has this id"},
    ]


def test_a_summary_of_a_csv_file_is_part_of_the_data_and_where_it_lies_is_not(tales: Path) -> None:
    plain = prepare_and_write(tales, make_data_config(tales.parent, "test"), "action", out="plain")
    hashes = []
    for text in (TABLE, "Another one.", TABLE):
        summaries = write_table(tales, f"mill,texts/mill.txt,{text}")
        hashes.append(
            prepare_and_write(tales, make_data_config(tales.parent, "test", summaries=summaries), "action").manifest[
                "data_hash"
            ]
        )
    assert hashes[0] == hashes[2]
    assert len({plain.manifest["data_hash"], *hashes}) == 3
    assert str(tales.parent) not in (tales.parent / "out" / "manifest.json").read_text(encoding="utf-8")


def test_prompts_of_training_do_without_the_summary_where_the_seed_says_so(tales: Path) -> None:
    for number in range(20):
        write_tale(tales, make_tale(f"tale{number}"))
    shown = {}
    for seed in (1, 2):
        config = make_data_config(tales.parent, "test", summary_dropout=0.4, seed=seed)
        written = prepare_and_write(tales, config, "action", "instrument", out=f"out{seed}")
        shown[seed] = [OWN in row.instruction for row in written.list_rows("action") if row.story not in {"mill", "owl"}]
        assert written.report["summaries"][Summarised.HIDDEN] == shown[seed].count(False)
        # All steps are asked about an event with the summary, or all without it.
        assert [OWN in row.instruction for row in written.list_rows("action")] == [
            OWN in row.instruction for row in written.list_rows("instrument")
        ]
        assert count_shown(written, OWN, "test") == 3
    assert shown[1] != shown[2]
    assert all(0.2 < each.count(False) / len(each) < 0.6 for each in shown.values())


def test_without_dropout_every_prompt_has_the_summary_and_with_a_whole_one_none_has(tales: Path) -> None:
    for share, shown in ((0.0, 3), (1.0, 0)):
        written = prepare_and_write(tales, make_data_config(tales.parent, "test", summary_dropout=share), "action")
        assert count_shown(written, OWN) == shown
        assert count_shown(written, OWN, "test") == 3


def test_a_row_of_a_tale_with_a_summary_of_its_own_is_told_as_unused(tales: Path) -> None:
    summaries = write_table(tales, "fox,texts/fox.txt,Not this one.")
    written = prepare_and_write(tales, make_data_config(tales.parent, "test", summaries=summaries), "action")
    assert written.manifest["unused_summaries"] == [
        {"file": "summaries.csv", "line": 2, "name": "fox", "reason": "the tale has a summary of its own"}
    ]
    assert written.report["summaries"][Summarised.UNUSED] == 1
