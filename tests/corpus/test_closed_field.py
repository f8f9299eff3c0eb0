from __future__ import annotations

from typing import Any

import pytest

from ft_core.corpus.closed_field import ClosedField, find_closed_fields
from ft_core.step import load_steps

KIND = {"enum": ["give", "steal", ""]}


def list_names(schema: dict[str, Any]) -> list[str]:
    return [field.name for field in find_closed_fields(schema)]


def make_object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_fields_with_a_list_of_labels_are_found_at_any_depth_in_the_order_of_the_schema() -> None:
    layer = make_object(status=KIND, note={"type": "string"}, more=make_object(type=KIND))
    assert list_names(make_object(title={"type": "string"}, layer=layer, kind=KIND)) == [
        "layer.status",
        "layer.more.type",
        "kind",
    ]


def test_items_of_lists_are_found_too() -> None:
    tie = make_object(stance=KIND, tags={"type": "array", "items": KIND})
    schema = make_object(ties={"type": "array", "items": tie}, grid={"items": {"items": KIND}})
    assert list_names(schema) == ["ties[].stance", "ties[].tags[]", "grid[][]"]


def test_references_are_followed_one_behind_the_other_and_with_escaped_names() -> None:
    definitions = {"kind": {"$ref": "#/$defs/a~1b~0c"}, "a/b~c": KIND}
    assert list_names(make_object(kind={"$ref": "#/$defs/kind"}) | {"$defs": definitions}) == ["kind"]


@pytest.mark.parametrize("ref", ["#/$defs/none", "#/$defs/kind/enum/0/x", "other.json#/$defs/kind", 7])
def test_a_reference_that_leads_nowhere_is_no_list_of_labels(ref: object) -> None:
    assert list_names(make_object(kind={"$ref": ref}, status=KIND) | {"$defs": {"kind": KIND}}) == ["status"]


def test_a_schema_that_refers_to_itself_comes_to_an_end() -> None:
    node = make_object(kind=KIND, parts={"items": {"$ref": "#/$defs/node"}})
    names = list_names({"$ref": "#/$defs/node", "$defs": {"node": node, "loop": {"$ref": "#/$defs/loop"}}})
    assert names[0] == "kind"
    assert len(names) < 8
    assert list_names(make_object(loop={"$ref": "#/$defs/loop"}) | {"$defs": {"loop": {"$ref": "#/$defs/loop"}}}) == []


@pytest.mark.parametrize(
    "field", [{"enum": [1, 2]}, {"enum": ["a", None]}, {"enum": []}, {"type": "string"}, True, {"items": False}]
)
def test_a_field_whose_values_are_not_all_texts_of_a_list_is_none(field: object) -> None:
    assert list_names(make_object(kind=field)) == []


def test_labels_are_read_where_the_answer_has_them() -> None:
    field = ClosedField("ties[].tags[]", ("ties", None, "tags", None))
    assert list(field.read({"ties": [{"tags": ["a", ""]}, {}, {"tags": "b"}, {"tags": [3, "c"]}]})) == ["a", "", "c"]
    assert list(field.read({"ties": "none"})) == []
    assert list(field.read({})) == []


def test_the_installed_steps_have_their_closed_lists() -> None:
    steps = {step.name: find_closed_fields(step.info.output_schema) for step in load_steps().working}
    assert {name: [field.name for field in fields] for name, fields in steps.items()} == {
        "character": ["new_characters[].archetype"],
        "instrument": [],
        "relationship": [
            "relationships[].relationship_level1",
            "relationships[].relationship_level2",
            "relationships[].sentiment",
        ],
        "action": ["category", "type", "status", "function"],
        "stac": ["sentences[].head"],
        "event_type": ["event_type"],
    }


def test_a_schema_that_refers_to_itself_in_many_places_is_entered_once_on_each_path() -> None:
    node = {"properties": {"kind": {"enum": ["a"]}, **{f"p{number}": {"$ref": "#/$defs/n"} for number in range(9)}}}
    fields = find_closed_fields({"$ref": "#/$defs/n", "$defs": {"n": node}})
    assert [field.name for field in fields] == ["kind"]
