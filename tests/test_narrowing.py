from __future__ import annotations

from typing import Any

import pytest

from ft_core.narrowing import describe_narrowing_fault

NAME = {"type": "string", "maxLength": 9}
TIE = {"type": "object", "properties": {"a": NAME, "b": {"type": ["string", "null"]}}, "required": ["a", "b"]}
WIDE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["fox", "crow"]},
        "names": {"type": "array", "items": {"$ref": "#/$defs/name"}, "minItems": 1},
        "ties": {"type": "array", "items": TIE},
        "age": {"anyOf": [{"type": "number", "minimum": 0}, {"const": "old"}]},
    },
    "required": ["kind"],
    "additionalProperties": False,
    "$defs": {"name": NAME},
}


def narrow(**properties: Any) -> dict[str, Any]:
    """The schema with other properties in the places of its own."""
    return {**WIDE, "properties": {**WIDE["properties"], **properties}}


@pytest.mark.parametrize(
    "narrowed",
    [
        WIDE,
        narrow(kind={"const": "fox"}),
        narrow(kind=False),
        narrow(kind={"oneOf": [{"const": "fox"}, {"enum": ["crow"]}]}),
        narrow(names={"type": "array", "items": {"enum": ["Ali", "Wolf"]}, "minItems": 2, "maxItems": 3}),
        narrow(names={"type": "array", "items": {"type": "string", "maxLength": 8, "pattern": "^x"}, "minItems": 1}),
        narrow(names={"type": "array", "items": NAME, "prefixItems": [{"const": "Ali"}, {"enum": ["Wolf"]}], "minItems": 1}),
        narrow(ties={"type": "array", "items": TIE, "prefixItems": [{**TIE, "maxProperties": 2}], "maxItems": 1}),
        narrow(ties={"type": "array", "items": {**TIE, "anyOf": [{"properties": {"a": {"const": "x"}}}]}}),
        narrow(age={"anyOf": [{"const": "old"}, {"type": "integer", "minimum": 5}]}),
        narrow(age={"type": "integer", "minimum": 3}),
        narrow(age={"const": "old"}),
        WIDE | {"required": ["kind", "age"]},
        WIDE | {"anyOf": [{"properties": {"kind": {"const": "fox"}}}, {"properties": {"kind": {"const": "crow"}}}]},
    ],
)
def test_a_narrower_schema_has_no_fault(narrowed: dict[str, Any]) -> None:
    assert describe_narrowing_fault(narrowed, WIDE) is None


@pytest.mark.parametrize(
    ("narrowed", "fault"),
    [
        ({"type": "array"}, 'it is not a JSON Schema 2020-12 of an object: $.type: the schema must be a mapping with "type"'),
        (narrow(kind={"type": "text"}), "it is not a JSON Schema 2020-12 of an object: $.properties.kind.type: 'text' is not"),
        (narrow(kind={"enum": {1, 2}}), "it is not a JSON Schema 2020-12 of an object: "),
        (narrow(kind={"enum": ["fox", "owl"]}), "$.properties.kind allows 'owl', which output_schema does not"),
        (narrow(kind={"enum": []}), "$.properties.kind allows nothing"),
        (narrow(kind={"type": "string"}), "$.properties.kind says nothing of 'enum', as output_schema does"),
        (narrow(kind=True), "$.properties.kind cannot be compared with output_schema"),
        (narrow(names={"type": "array", "items": NAME, "minItems": 0}), "$.properties.names.minItems is 0, and 1 in output_"),
        (narrow(names={"type": "array", "items": {"type": "string"}, "minItems": 1}), "says nothing of 'maxLength'"),
        (
            narrow(names={"type": "array", "items": {"enum": ["a" * 10]}, "minItems": 1}),
            "$.properties.names.items allows 'aaaa",
        ),
        (
            narrow(names={**WIDE["properties"]["names"], "prefixItems": [{"const": "Ali"}, {"type": "string"}]}),
            "$.properties.names.prefixItems[1] says nothing of 'maxLength'",
        ),
        (
            narrow(names={**WIDE["properties"]["names"], "prefixItems": [{"const": 1}]}),
            "$.properties.names.prefixItems[0] allows 1, which output_schema does not",
        ),
        (narrow(ties={"type": "array", "items": TIE | {"required": ["a"]}}), "$.properties.ties.items.required is ['a'], and"),
        (
            narrow(kind={"anyOf": [{"const": "fox"}, {"const": "owl"}]}),
            "$.properties.kind.anyOf[1] allows 'owl', which output_",
        ),
        (narrow(kind={"oneOf": [{"const": "fox"}, {"const": "owl"}]}), "$.properties.kind says nothing of 'enum'"),
        (narrow(age={"type": "number"}), "$.properties.age says nothing of 'anyOf'"),
        (narrow(more={}), "$.properties has 'more', which output_schema has not"),
        (WIDE | {"properties": {"kind": {"const": "fox"}}}, "$.properties lacks 'names', which output_schema has"),
        (WIDE | {"properties": dict(reversed(WIDE["properties"].items()))}, "$.properties has its keys in another order"),
        (WIDE | {"$defs": {"name": {"type": "string"}}}, "$.properties.names.items says nothing of 'maxLength'"),
        ({key: value for key, value in WIDE.items() if key != "additionalProperties"}, "nothing of 'additionalProperties'"),
    ],
)
def test_what_may_allow_more_is_named_with_its_place(narrowed: dict[str, Any], fault: str) -> None:
    assert fault in str(describe_narrowing_fault(narrowed, WIDE))


def test_the_first_items_of_a_list_that_has_schemas_for_them_keep_these() -> None:
    wide = {"type": "object", "properties": {"a": {"type": "array", "prefixItems": [NAME], "items": {"type": "integer"}}}}
    assert describe_narrowing_fault(wide, wide) is None
    narrowed = {"type": "object", "properties": {"a": wide["properties"]["a"] | {"prefixItems": [{"const": 3}]}}}  # type: ignore[index]
    assert "$.properties.a.prefixItems is [{'const': 3}], and" in str(describe_narrowing_fault(narrowed, wide))


def test_items_that_the_other_schema_refuses_are_no_narrower() -> None:
    wide = {"type": "object", "properties": {"a": {"type": "array", "unevaluatedItems": False}}}
    narrowed = {"type": "object", "properties": {"a": {"type": "array", "unevaluatedItems": False, "prefixItems": [{}]}}}
    assert describe_narrowing_fault(wide, wide) is None
    assert describe_narrowing_fault(narrowed, wide) == "$.properties.a has 'prefixItems', which can allow more"


def test_a_definition_that_leads_to_itself_is_compared_once() -> None:
    tree = {"type": "object", "properties": {"parts": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}
    wide = {"type": "object", "properties": {"root": {"$ref": "#/$defs/tree"}}, "$defs": {"tree": tree}}
    assert describe_narrowing_fault({**wide, "required": ["root"]}, wide) is None
    other = {**wide, "$defs": {"tree": {"type": "object", "properties": tree["properties"], "title": "A tree"}}}
    assert describe_narrowing_fault(other, wide) is not None, "what cannot be seen to be narrower is not"


def test_what_stands_beside_a_reference_holds_too() -> None:
    wide = {"type": "object", "properties": {"a": {"$ref": "#/$defs/name", "minLength": 2}}, "$defs": {"name": NAME}}
    narrowed = {**wide, "properties": {"a": {"type": "string", "maxLength": 9}}}
    assert describe_narrowing_fault(narrowed, wide) == "$.properties.a says nothing of 'minLength', as output_schema does"
