"""Where the values of a JSON file stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core.corpus.checking.json_fault import locate_fault
from ft_core.corpus.checking.json_position import JsonPositions

KEYS = st.text(alphabet="ab.[]0'\\\"\n狐🦊", max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def list_paths(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from list_paths(child, f"{path}.{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from list_paths(child, f"{path}[{index}]")


def decode_at(text: str, line: int, column: int) -> Any:
    rest = "\n".join([text.split("\n")[line - 1][column - 1 :], *text.split("\n")[line:]])
    return json.JSONDecoder().raw_decode(rest)[0]


@settings(max_examples=300, deadline=None)
@given(value=VALUES, indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans(), marked=st.booleans())
def test_every_path_leads_to_the_first_character_of_its_value(
    value: Any, indent: int | None, ascii_only: bool, marked: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    positions = JsonPositions(text.encode("utf-8-sig" if marked else "utf-8"))
    paths = list(list_paths(value))
    for path, _ in paths:
        # {"a": {"b": 1}, "a.b": 2} has two values of one path: either will do.
        meant = [json.dumps(each) for other, each in paths if other == path]
        assert json.dumps(decode_at(text, *positions.locate(path))) in meant


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=60), path=st.text(alphabet="$.ab[]0'", max_size=8))
def test_any_bytes_and_any_path_give_a_place_in_the_file(data: bytes, path: str) -> None:
    line, column = JsonPositions(data).locate(path)
    lines = data.split(b"\n")
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1


TALE = """{
  "characters": [
    {"name": "狐🦊", "alias": ""}, {"name": "鶴"}
  ],
  "odd": {"a.b": {"c": 1}, "a": {"b": {"d": 2}}, "e[0]": 3, "it's": 4}
}"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("$", (1, 1)),
        ("$.characters", (2, 17)),
        ("$.characters[0].alias", (3, 29)),
        ("$.characters[1].name", (3, 43)),
        ("$.odd.a.b.c", (5, 24)),
        ("$.odd.a.b.d", (5, 45)),
        ("$.odd.e[0]", (5, 58)),
        ("$.odd['a.b'].c", (5, 24)),
        (r"$.odd['it\'s']", (5, 69)),
    ],
)
def test_a_path_leads_to_line_and_column_in_characters(path: str, place: tuple[int, int]) -> None:
    assert JsonPositions(TALE.encode()).locate(path) == place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("$.analysis.summary", (1, 1)),
        ("$.characters[7].name", (2, 17)),
        ("$.characters[1].alias", (3, 34)),
        ("$.characters[0].name.first", (3, 14)),
        ("$.character", (1, 1)),
        ("nonsense", (1, 1)),
        ("", (1, 1)),
    ],
)
def test_a_path_that_is_not_there_leads_to_the_nearest_value_around_it(path: str, place: tuple[int, int]) -> None:
    assert JsonPositions(TALE.encode()).locate(path) == place


def test_the_columns_of_one_long_line_count_characters() -> None:
    names = ["狐" * 50_000, "鶴" * 50_000]
    text = json.dumps({"names": names}, ensure_ascii=False)
    assert JsonPositions(text.encode()).locate("$.names[1]") == (1, text.index('"鶴') + 1)


@pytest.mark.parametrize(
    ("data", "path", "place"),
    [
        (b'{"a": 1, "b": [2, 3], "c"', "$.b[1]", (1, 19)),
        (b'{"a": 1,\n "b": {"c": 2}\n "d": 3}', "$.b.c", (2, 13)),
        (b'\n [1, 2,, {"a": 3}', "$[1]", (2, 6)),
        (b"", "$.a", (1, 1)),
        (b" \n ?", "$.a", (2, 2)),
    ],
)
def test_what_comes_before_a_fault_is_found(data: bytes, path: str, place: tuple[int, int]) -> None:
    assert JsonPositions(data).locate(path) == place


@pytest.mark.parametrize(
    "data", [b"[" * 20_000, b'{"a":' * 20_000, b"[" * 20_000 + b"]" * 20_000, b'{"a":' * 9_000 + b"1" + b"}" * 9_000]
)
def test_brackets_in_thousands_of_brackets_do_no_harm(data: bytes) -> None:
    positions = JsonPositions(data)
    assert positions.locate("$") == (1, 1)
    assert positions.locate_repeated_key() is None
    assert locate_fault(data, positions)[0] == 1


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b'{\n "a": }', (2, 7)),
        ('\ufeff{"狐": }'.encode(), (1, 7)),
        (b'{\n "a": "\xff"}', (2, 8)),
        ('\ufeff{"狐": "'.encode() + b"\xff", (1, 8)),
        (b'{"a": {"b": 1},\n "c": {"b": 1, "d": 2,\n  "b": 3}, "a": 4}', (3, 3)),
        (b'{"\\u0061": 1, "a": 2}', (1, 15)),
        (b'\n{"a": ' + b"1" * 5_000 + b"}", (2, 1)),
        (b" " + b"[" * 100_000, (1, 2)),
        (b'\n{"a": NaN}', (2, 1)),
    ],
)
def test_a_file_that_is_not_json_is_located_where_it_stops_being_it(data: bytes, place: tuple[int, int]) -> None:
    assert locate_fault(data, JsonPositions(data)) == place
