from __future__ import annotations

import csv
import pickle
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ft_core.corpus.beside.summary import Summaries, hides_summary
from ft_core.corpus.beside.summary_table import read_table
from ft_core.errors import DataError

TALES = "story_name,text_file,summary\n"
RETELLINGS = "story_name,relative_path,culture,language,summary\n"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, *rows: str) -> Summaries:
    return Summaries.read([write(folder / "tales.csv", TALES + "".join(f"{row}\n" for row in rows))])


def find_text(summaries: Summaries, story_id: str) -> str:
    row = summaries.find(story_id)
    return row.text if row else ""


def list_reasons(summaries: Summaries, *story_ids: str) -> list[tuple[int, str, str]]:
    return [(row.line, row.name, row.reason) for row in summaries.list_unmatched(story_ids)]


def test_a_row_is_found_by_the_tale_that_it_names(tmp_path: Path) -> None:
    summaries = read(tmp_path, "mill,texts/mill.txt,A girl asks for rain.", "fox,texts/fox.txt,A crane helps.")
    assert find_text(summaries, "fox") == "A crane helps."
    assert summaries.find("crane") is None


def test_a_row_that_names_no_tale_is_found_by_its_text_file(tmp_path: Path) -> None:
    summaries = read(tmp_path, "The Mill,datasets\\texts\\mill.txt,A girl asks for rain.", ",texts/fox.txt,A crane helps.")
    assert find_text(summaries, "mill") == "A girl asks for rain."
    assert find_text(summaries, "fox") == "A crane helps."
    assert list_reasons(summaries, "mill", "fox") == []


def test_a_summary_may_have_commas_quotes_and_line_breaks(tmp_path: Path) -> None:
    summaries = read(
        tmp_path, '\'mill,a.txt,"A girl, ""the miller\'s"",\nasks for rain."', "fox,fox.txt,A crane helps.", "x,y.txt,z"
    )
    assert find_text(summaries, "'mill") == 'A girl, "the miller\'s",\nasks for rain.'
    assert list_reasons(summaries, "'mill", "fox") == [(5, "x", "no tale that was read has this id")]


def test_a_byte_order_mark_and_carriage_returns_are_no_part_of_a_row(tmp_path: Path) -> None:
    path = tmp_path / "tales.csv"
    path.write_bytes("\ufeffstory_name,text_file,summary\r\nmill,mill.txt,Rain.\r\n".encode())
    assert find_text(Summaries.read([path]), "mill") == "Rain."


def test_names_in_composed_and_decomposed_letters_are_one(tmp_path: Path) -> None:
    summaries = read(tmp_path, f"{unicodedata.normalize('NFD', '竹がはえ')},a.txt,A bamboo.")
    assert find_text(summaries, "竹がはえ") == find_text(summaries, unicodedata.normalize("NFD", "竹がはえ")) == "A bamboo."


def test_the_row_of_a_retelling_is_found_by_its_tale_and_file(tmp_path: Path) -> None:
    row = "mill,generated/mill_v3/model/mill_gen_01.txt,Indian,en,A girl climbs.\n"
    summaries = Summaries.read([write(tmp_path / "retellings.csv", RETELLINGS + row)])
    found = summaries.find_retold("mill", "mill_gen_01")
    assert found is not None
    assert (found.file, found.line, found.text) == ("retellings.csv", 2, "A girl climbs.")
    assert summaries.find("mill") is None
    assert summaries.find_retold("fox", "mill_gen_01") is None


def test_rows_of_tales_and_retellings_that_are_not_there_are_told(tmp_path: Path) -> None:
    tales = write(tmp_path / "a" / "tales.csv", TALES + "mill,mill.txt,Rain.\nfox,fox.txt,A crane.\n")
    rows = "mill,x/mill_gen_01.txt,,en,One.\nmill,x/mill_gen_02.txt,,en,Two.\n"
    retellings = write(tmp_path / "b" / "retellings.csv", RETELLINGS + rows)
    unmatched = Summaries.read([tales, retellings]).list_unmatched(["mill"], [("mill", "mill_gen_02")])
    assert [row.as_json() for row in unmatched] == [
        {"file": "a/tales.csv", "line": 3, "name": "fox", "reason": "no tale that was read has this id"},
        {
            "file": "b/retellings.csv",
            "line": 2,
            "name": "mill",
            "reason": "no retelling mill_gen_01.txt of this tale was found",
        },
    ]


def test_the_first_of_two_summaries_of_a_tale_is_kept_and_the_other_told(tmp_path: Path) -> None:
    summaries = read(tmp_path, "mill,mill.txt,Rain.", "mill,mill.txt,Snow.", "mill,mill.txt,Rain.")
    assert find_text(summaries, "mill") == "Rain."
    assert list_reasons(summaries, "mill") == [
        (3, "mill", "tales.csv, line 2, has another summary already, which is kept"),
        (4, "mill", "tales.csv, line 2, has the same summary already, which is kept"),
    ]


def test_a_blank_summary_is_told(tmp_path: Path) -> None:
    summaries = read(tmp_path, "mill,mill.txt,\u3000 ")
    assert summaries.find("mill") is None
    assert list_reasons(summaries, "mill") == [(2, "mill", "its summary is blank")]


def test_a_summary_that_was_cut_by_its_own_comma_is_not_used(tmp_path: Path) -> None:
    summaries = read(tmp_path, "mill,mill.txt,A girl, asks for rain.", "fox,fox.txt")
    assert summaries.find("mill") is None
    assert list_reasons(summaries, "mill") == [
        (2, "mill", "it has 4 cells for 3 columns; put the summary in quotes"),
        (3, "fox", "it has 2 cells for 3 columns; put the summary in quotes"),
    ]


def test_a_missing_column_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "tales.csv", "name,summary\nmill,Rain.\n")
    expected = (
        r"tales\.csv, line 1: the column story_name and the column text_file \(for tales\) or relative_path \(for retellings\) "
        r"is missing\. Its columns are: name, summary\."
    )
    with pytest.raises(DataError, match=expected):
        Summaries.read([path])
    with pytest.raises(DataError, match=r"line 1: the column story_name and .* is missing\. Its columns are: none\."):
        Summaries.read([write(path, "")])


def test_a_quote_that_is_never_closed_is_an_error_told_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "tales.csv", TALES + 'fox,fox.txt,"A\ncrane."\nmill,mill.txt,"Rain.\nfox,fox.txt,A crane.\n')
    with pytest.raises(DataError, match=r"tales\.csv, line 4: the row that begins here is no CSV: .* Mend its quotes\."):
        Summaries.read([path])


def test_a_file_that_is_not_utf8_is_an_error_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "tales.csv"
    path.write_bytes(TALES.encode() + b"mill,mill.txt,Rain.\nfox,fox.txt,\x8b\xff\n")
    with pytest.raises(DataError, match=r"tales\.csv, line 3: it is not UTF-8\. Save it as UTF-8\."):
        Summaries.read([path])


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"tales\.csv cannot be read: No such file or directory\. Give --summaries CSV files\."):
        Summaries.read([tmp_path / "tales.csv"])


def test_a_long_summary_is_read_and_the_limit_of_others_stays(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    assert len(find_text(read(tmp_path, f"mill,mill.txt,{'x' * 200_000}"), "mill")) == 200_000
    assert csv.field_size_limit() == before


def test_no_file_gives_no_summary() -> None:
    assert Summaries.read([]) == Summaries()
    assert Summaries().find("mill") is None
    assert Summaries().list_unmatched(["mill"]) == []


def test_summaries_go_to_worker_processes_and_are_told_alike_there(tmp_path: Path) -> None:
    summaries = read(tmp_path, "The Mill,mill.txt,Rain.", "fox,fox.txt,A crane.")
    copy = pickle.loads(pickle.dumps(summaries))  # noqa: S301  bytes of our own
    assert copy == summaries
    assert list_reasons(copy, "mill") == [(3, "fox", "no tale that was read has this id")]


@given(st.text(alphabet='a,"\n\r \x00é'))
def test_any_text_has_rows_or_a_problem(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(TALES + text, encoding="utf-8", newline="")
    try:
        rows = read_table(path, "any.csv")
    except DataError as error:
        problem = str(error)
        assert problem.startswith("any.csv, line ")
    else:
        assert all(row.line > 1 and (row.problem or row.text) for row in rows)


def test_the_share_of_hidden_summaries_is_chosen_by_the_seed() -> None:
    hidden = {seed: [number for number in range(1000) if hides_summary(seed, "fox", f"e{number}", 0.3)] for seed in (1, 2)}
    assert hidden[1] != hidden[2]
    assert all(250 < len(numbers) < 350 for numbers in hidden.values())
    assert hidden[1][:5] == [0, 1, 2, 3, 5]


def test_two_tales_of_one_title_are_told_apart_by_their_text_files(tmp_path: Path) -> None:
    summaries = read(tmp_path, "The Tale,t1.txt,C", "The Tale,t2.txt,D", "The Tale,t2.txt,E", "The Tale,,F")
    assert (find_text(summaries, "t1"), find_text(summaries, "t2")) == ("C", "D")
    assert list_reasons(summaries, "t1", "t2") == [
        (4, "The Tale", "tales.csv, line 3, has another summary already, which is kept"),
        (5, "The Tale", "tales.csv, line 2, has another summary already, which is kept"),
    ]
    assert list_reasons(summaries, "t1")[-1] == (3, "The Tale", "no tale that was read has this id")
