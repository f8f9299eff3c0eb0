from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from ft_core.corpus.reading.document import MAX_DEPTH
from ft_core.corpus.reading.loading import load_all_annotated_stories, read_tales
from ft_core.errors import NoTalesError, TaleError
from tests.tales import make_event, make_tale, write_tale


def list_refusals(folder: Path) -> list[tuple[str, str, str]]:
    return [(each.file, each.path, each.reason) for each in read_tales([folder]).refusals]


def test_tales_are_read_in_the_order_of_their_files_with_folders_below(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale("c"), "b.json")
    write_tale(tmp_path, make_tale("a"), "z/a.json")
    write_tale(tmp_path, make_tale("b"), "a.json")
    write_tale(tmp_path, make_tale("hidden"), "._a.json")
    tales = read_tales([tmp_path])
    assert [(story.id, story.source) for story in tales.stories] == [("b", "a.json"), ("c", "b.json"), ("a", "z/a.json")]
    assert tales.refusals == []


def test_several_folders_name_their_files_below_the_nearest_common_one(tmp_path: Path) -> None:
    write_tale(tmp_path / "Chinese" / "v3", make_tale("a"))
    write_tale(tmp_path / "Indian" / "v3", make_tale("b"))
    folders = [tmp_path / "Indian" / "v3", tmp_path / "Chinese" / "v3"]
    tales = read_tales([*folders, folders[0], folders[0] / "b.json"])
    assert [story.source for story in tales.stories] == ["Chinese/v3/a.json", "Indian/v3/b.json"]


def test_a_link_goes_by_its_own_name_and_a_file_is_read_once(tmp_path: Path) -> None:
    file = write_tale(tmp_path / "far", make_tale())
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "z.json").symlink_to(file)
    (tmp_path / "near" / "a.json").symlink_to(file)
    tales = read_tales([tmp_path / "near"])
    assert [story.source for story in tales.stories] == ["a.json"]
    assert tales.refusals == []


def test_the_suffix_may_be_in_capital_letters(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale("a"), "A.JSON")
    write_tale(tmp_path, make_tale("b"), "b.Json")
    assert [story.source for story in read_tales([tmp_path]).stories] == ["A.JSON", "b.Json"]


def test_a_linked_folder_is_read_and_a_link_into_a_folder_above_is_not_followed_again(tmp_path: Path) -> None:
    write_tale(tmp_path / "far" / "below", make_tale())
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "linked").symlink_to(tmp_path / "far")
    (tmp_path / "far" / "below" / "again").symlink_to(tmp_path / "far")
    tales = read_tales([tmp_path / "near"])
    assert [story.source for story in tales.stories] == ["linked/below/fox.json"]
    assert tales.refusals == []


def test_a_link_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale())
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "round.json").symlink_to("round.json")
    (tmp_path / ".#fox.json").symlink_to("nowhere")
    assert list_refusals(tmp_path) == [
        ("gone", "$", "is a link to nowhere, which is not there; mend or remove it"),
        ("round.json", "$", "is a link to round.json, which is not there; mend or remove it"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")
    os.mkfifo(tmp_path / "b.txt")
    assert list_refusals(tmp_path) == [("manifest.json", "$", "is not a file that can be read, but a device or a pipe")]


def test_a_folder_that_cannot_be_looked_into_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tale(tmp_path, make_tale())
    (tmp_path / "locked").mkdir()
    list_folder = Path.iterdir

    def deny(folder: Path) -> Iterator[Path]:
        if folder.name == "locked":
            raise PermissionError(13, "Permission denied")
        return list_folder(folder)

    monkeypatch.setattr(Path, "iterdir", deny)
    assert list_refusals(tmp_path) == [("locked", "$", "cannot be looked into: Permission denied")]


@pytest.mark.skipif(sys.platform != "linux", reason="the file system takes only UTF-8 names")
def test_a_file_name_that_is_not_utf8_is_spelt_so_that_it_can_be_written(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.json")
    write_tale(tmp_path, make_tale(), name)
    assert [story.source for story in read_tales([tmp_path]).stories] == ["\ufffd.json"]


def test_a_single_file_may_be_given(tmp_path: Path) -> None:
    file = write_tale(tmp_path, make_tale())
    assert [story.source for story in load_all_annotated_stories(str(file))] == ["fox.json"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoTalesError) as caught:
        read_tales([tmp_path / "none"])
    assert str(caught.value) == (
        f"There is no folder {tmp_path / 'none'}. Give the folder of the annotated tales, such as corpus/json_v3."
    )


def test_a_folder_without_tales_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(NoTalesError) as caught:
        read_tales([tmp_path])
    assert str(caught.value) == f"No tale was found: {tmp_path} holds no *.json or *.jsonl file, not even in a folder below it."


@pytest.mark.parametrize(
    ("data", "path", "reason"),
    [
        (b"", "$", "the file is empty"),
        (b"\xef\xbb\xbf \n", "$", "the file is empty"),
        (b'{\n "a": }', "$", "not JSON: line 2, column 7: Expecting value"),
        (b"[]", "$", "is an array, where a tale is a JSON object"),
        (b"3.5", "$", "is a number, where a tale is a JSON object"),
        (b'{"a": "\xff"}', "$", "not UTF-8: byte 0xff at offset 7; save the file as UTF-8"),
        (b'{"a": 1, "a": 2}', "$", "not usable JSON: the key 'a' stands twice in one object; keep one of the two"),
        (b'{"a": [0, NaN]}', "$.a[1]", "is nan, which is not a JSON number"),
        (b'{"a": -1e999}', "$.a", "is -inf, which is not a JSON number"),
        (b'{"a": "\\ud83d"}', "$.a", "holds half of a surrogate pair, which is no character"),
        (b'{"\\ud83d": 1}', "$", "has the key '\\ud83d', which holds half of a surrogate pair"),
        (b"[" * 100_000, "$", f"nested deeper than {MAX_DEPTH} levels"),
        (
            b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
            "$.a" + "[0]" * (MAX_DEPTH - 1),
            f"nested deeper than {MAX_DEPTH} levels",
        ),
        (b"{}", "$", 'is no tale: it has neither "version" nor "narrative_structure"'),
        (
            b'{"narrative_events": []}',
            "$",
            'has no key "version"; add "version": "3.0" (or "2.0" where relations and actions stand flat on the events)',
        ),
        (b'{"version": "1.0"}', "$.version", 'version "1.0" is not known; versions 1, 2.x and 3.x are read'),
        (b'{"version": 20}', "$.version", "version 20 is not known; versions 1, 2.x and 3.x are read"),
        (b'{"version": null}', "$.version", "version null is not known; versions 1, 2.x and 3.x are read"),
        (b'{"version": "2.0"}', "$", "'narrative_events' is a required property"),
        (b'{"narrative_structure": 1}', "$.narrative_structure", "is a number, where an array is due"),
        (b'{"version": "3.0"}', "$", "'narrative_events' is a required property"),
    ],
)
def test_a_file_that_is_no_tale_is_refused_with_its_place_and_reason(
    tmp_path: Path, data: bytes, path: str, reason: str
) -> None:
    write_tale(tmp_path, make_tale())
    (tmp_path / "bad.json").write_bytes(data)
    tales = read_tales([tmp_path])
    assert [(each.file, each.path, each.reason) for each in tales.refusals] == [("bad.json", path, reason)]
    assert tales.refused_files == ["bad.json"]
    assert [story.id for story in tales.stories] == ["fox"]


def test_an_integer_of_too_many_digits_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"a": ' + "9" * 5000 + "}")
    ((_, path, reason),) = list_refusals(tmp_path)
    assert path == "$"
    assert reason.startswith("not usable JSON: Exceeds the limit")


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tale(tmp_path, make_tale())

    def deny(_: Path, mode: str) -> BinaryIO:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert list_refusals(tmp_path) == [("fox.json", "$", "cannot be read: Permission denied")]


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(make_tale()).encode())
    assert [story.id for story in load_all_annotated_stories(tmp_path)] == ["fox"]


@pytest.mark.parametrize("version", ["3", "3.0", "3.12.1", 3, 3.0])
def test_every_spelling_of_version_3_is_read(tmp_path: Path, version: object) -> None:
    write_tale(tmp_path, make_tale(version=version))
    assert len(load_all_annotated_stories(tmp_path)) == 1


def test_all_structure_problems_of_a_file_are_told_together(tmp_path: Path) -> None:
    tale = make_tale(characters=["Fox"], metadata={"id": 7})
    tale["narrative_events"] = ["The fox left.", make_event(2, agents="Fox", time_order="2"), make_event(3, text_span=True)]
    write_tale(tmp_path, tale, "a.json")
    assert list_refusals(tmp_path) == [
        ("a.json", "$.characters[0]", "is a string, where an object is due"),
        ("a.json", "$.metadata.id", "is a number, where a string or null is due"),
        ("a.json", "$.narrative_events[0]", "is a string, where an object or null is due"),
        ("a.json", "$.narrative_events[1].agents", "is a string, where an array or null is due"),
        ("a.json", "$.narrative_events[1].time_order", "is a string, where a number or null is due"),
        ("a.json", "$.narrative_events[2].text_span", "is a boolean, where an object or null is due"),
    ]


def test_events_that_are_no_list_are_refused(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale(narrative_events={}), "a.json")
    assert list_refusals(tmp_path) == [("a.json", "$.narrative_events", "is an object, where an array is due")]


def test_a_file_with_very_many_problems_tells_the_first_and_counts_the_rest(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale(narrative_events=["x"] * 30), "a.json")
    refusals = list_refusals(tmp_path)
    assert [path for _, path, _ in refusals[:20]] == [f"$.narrative_events[{index}]" for index in range(20)]
    assert refusals[20:] == [("a.json", "$", "and 10 more problems")]


def test_two_files_with_one_tale_id_keep_the_first(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale("fox", events=1), "b.json")
    write_tale(tmp_path, make_tale("fox", events=2), "a.json")
    tales = read_tales([tmp_path])
    assert [(story.source, len(story.events)) for story in tales.stories] == [("a.json", 2)]
    assert list(map(str, tales.refusals)) == [
        "b.json: $.metadata.id: the tale id 'fox' is that of a.json too, which is kept; remove one of the two"
    ]


def test_loading_tells_all_refusals_unless_told_to_keep_going(tmp_path: Path) -> None:
    write_tale(tmp_path, make_tale())
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "old.json").write_text('{"version": "1.0"}')
    with pytest.raises(TaleError) as caught:
        load_all_annotated_stories(tmp_path)
    assert str(caught.value) == (
        "Some files cannot be read as tales; mend or remove them:\n"
        "  - bad.json: $: not JSON: line 1, column 2: Expecting property name enclosed in double quotes\n"
        '  - old.json: $.version: version "1.0" is not known; versions 1, 2.x and 3.x are read'
    )
    assert [story.id for story in load_all_annotated_stories(tmp_path, keep_going=True)] == ["fox"]


def test_very_many_refusals_are_counted_in_the_error(tmp_path: Path) -> None:
    for number in range(52):
        (tmp_path / f"{number:02}.json").write_text("[]")
    with pytest.raises(TaleError, match=r"and 2 more$"):
        load_all_annotated_stories(tmp_path)


def test_a_content_hash_does_not_depend_on_layout_or_key_order(tmp_path: Path) -> None:
    tale = make_tale()
    write_tale(tmp_path / "one", tale, "a.json")
    backwards = dict(reversed(tale.items()))
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "b.json").write_text(json.dumps(backwards, indent=3))
    assert read_tales([tmp_path / "one"]).hashes == read_tales([tmp_path / "two"]).hashes
