"""Wrong answers made of a right one."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ft_core.schema import SchemaCheck
from ft_core.testing.broken_answer import BrokenAnswer, break_answer

TIE = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "stance": {"enum": ["hostile", ""]}},
    "required": ["name", "stance"],
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"ties": {"type": "array", "items": {"$ref": "#/$defs/tie"}}, "age": {"type": ["integer", "null"]}},
    "required": ["ties", "age"],
    "additionalProperties": False,
    "$defs": {"tie": TIE},
}
GOLD = {"ties": [{"name": "Fox", "stance": "hostile"}], "age": 3}


def list_places(fault: str) -> list[str]:
    return [broken.path for broken in break_answer(GOLD, SCHEMA) if broken.fault == fault]


def test_every_place_of_the_answer_is_broken_in_each_way() -> None:
    assert list_places("no object") == ["$"] * 4
    assert list_places("missing key") == ["$.ties", "$.ties[].name", "$.ties[].stance", "$.age"]
    assert list_places("extra key") == ["$", "$.ties[]"]
    assert list_places("wrong type") == ["$.ties", "$.ties[]", "$.ties[].name", "$.ties[].stance", "$.age"]
    assert list_places("outside enum") == ["$.ties[].stance"]


def test_one_thing_only_is_wrong_and_the_right_answer_stays_as_it_is() -> None:
    found = [broken for broken in break_answer(GOLD, SCHEMA) if broken.fault == "outside enum"]
    outside = {"ties": [{"name": "Fox", "stance": "no label of any list"}], "age": 3}
    assert found == [BrokenAnswer("outside enum", "$.ties[].stance", (outside,))]
    assert GOLD == {"ties": [{"name": "Fox", "stance": "hostile"}], "age": 3}


def test_an_object_whose_keys_are_free_lacks_none() -> None:
    schema = {"type": "object", "additionalProperties": {"type": "string"}}
    assert [each.fault for each in break_answer({"any": "key"}, schema) if each.fault != "no object"] == []


@given(st.lists(st.fixed_dictionaries({"name": st.text(), "stance": st.sampled_from(["hostile", ""])})), st.integers())
def test_a_strict_schema_refuses_each_of_them(ties: list[dict[str, str]], age: int) -> None:
    check = SchemaCheck(SCHEMA)
    gold = {"ties": ties, "age": age}
    assert check(gold) == []
    for broken in break_answer(gold, SCHEMA):
        assert any(check(value) for value in broken.values), broken
