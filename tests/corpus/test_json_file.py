from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from ft_core.corpus.json_file import write_json
from ft_core.corpus.spool import Spool

NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=8
)


class Lines(list[Any]):
    """Values that are to be spooled, a line each."""


VALUES = st.recursive(
    PLAIN | st.lists(PLAIN, max_size=5).map(Lines), lambda inner: st.dictionaries(TEXTS, inner, max_size=4), max_leaves=8
)


def write(value: Any, folder: Path) -> bytes:
    """Return the bytes of a value's file, its :class:`Lines` spooled."""
    spool = Spool(folder)
    file = BytesIO()
    write_json(file, put_into(spool, value))
    spool.close()
    return file.getvalue()


def put_into(spool: Spool, value: Any, kind: str = "") -> Any:
    if isinstance(value, Lines):
        spool[kind].add(b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in value))
        return spool[kind]
    if isinstance(value, dict):
        return {key: put_into(spool, each, f"{kind}{key!r}") for key, each in value.items()}
    return value


@given(VALUES)
@settings(deadline=None)
def test_what_is_written_is_read_as_the_same_value(value: Any) -> None:
    with TemporaryDirectory() as folder:
        written = write(value, Path(folder))
    assert json.loads(written) == orjson.loads(written) == value


def test_objects_have_a_key_a_line_and_spooled_arrays_an_item_a_line(tmp_path: Path) -> None:
    value = {"tales": {"train": ["狐", "fox"]}, "steps": {"action": Lines([{"story": "狐"}, 2]), "stac": Lines()}, "none": {}}
    assert write(value, tmp_path).decode() == (
        '{\n "tales": {\n  "train": ["狐","fox"]\n },\n "steps": {\n  "action": [\n   {"story":"狐"},\n   2\n  ],\n'
        '  "stac": []\n },\n "none": {}\n}'
    )


def test_a_line_separator_inside_a_text_does_not_end_an_item(tmp_path: Path) -> None:
    value = {"skipped": Lines(["a\u2028b\u0085c\r\nd"])}
    assert json.loads(write(value, tmp_path)) == value


def test_spooled_lines_alone_are_an_array(tmp_path: Path) -> None:
    assert write(Lines([1, [2]]), tmp_path) == b"[\n 1,\n [2]\n]"


def test_lines_that_were_moved_are_written_from_where_they_are_now(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool["rows"].add(b'"a"\n')
    spool["rows"].move_to(tmp_path / "rows.jsonl")
    file = BytesIO()
    write_json(file, {"rows": spool["rows"]})
    assert json.loads(file.getvalue()) == {"rows": ["a"]}
