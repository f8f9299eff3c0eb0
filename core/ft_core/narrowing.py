"""Whether a schema allows nothing that another does not, as far as their form shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ft_core.schema import describe_schema_fault, resolve_ref

__all__ = ["describe_narrowing_fault"]

_DEEPEST = 40
_SAY_NOTHING = frozenset({"$schema", "$id", "$defs", "$comment", "title", "description", "default", "examples"})
_LOOSENING = frozenset({"patternProperties", "minContains"})
"""Keywords that take parts of an answer out of the reach of others."""

_REACHING_ITEMS = frozenset({"items", "prefixItems", "contains"})
"""Those that take items out of the reach of ``unevaluatedItems``."""


def describe_narrowing_fault(narrowed: Mapping[str, Any], schema: Mapping[str, Any]) -> str | None:
    """Say why a schema cannot stand in the place of another one, or return None where it can.

    What cannot be seen to be narrower counts as wider: a node has to have each keyword of the other's, with the same value or
    a narrower one. Keywords that it has besides take answers away, but for a few that are refused.

    Args:
        narrowed: what may be allowed, all of it by the other too.
        schema: the other, a JSON Schema of an object.

    >>> wide = {"type": "object", "properties": {"kind": {"enum": ["fox", "crow"]}}}
    >>> describe_narrowing_fault({"type": "object", "properties": {"kind": {"const": "fox"}}}, wide)
    >>> describe_narrowing_fault({"type": "object", "properties": {"kind": {"enum": ["owl"]}}}, wide)
    "$.properties.kind allows 'owl', which output_schema does not"
    """
    from jsonschema_rs import meta

    try:
        is_schema = meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **narrowed})
    except (TypeError, ValueError):
        is_schema = False
    if not is_schema or narrowed.get("type") != "object":
        return f"it is not a JSON Schema 2020-12 of an object: {describe_schema_fault(narrowed)}"
    return next(_Pair(narrowed, schema).list_faults(narrowed, schema, "$"), None)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two schemas, in which references lead to their own parts."""

    narrowed: Mapping[str, Any]
    schema: Mapping[str, Any]

    def list_faults(self, narrow: Any, wide: Any, path: str, depth: int = 0) -> Iterator[str]:
        """Yield where, and how, a part of the one may allow what a part of the other does not."""
        if self._refer_alike(narrow, wide):
            return
        if isinstance(wide, Mapping) and "$ref" in wide:  # what stands beside a reference holds too
            yield from self.list_faults(narrow, {key: value for key, value in wide.items() if key != "$ref"}, path, depth)
        narrow, wide = resolve_ref(self.narrowed, narrow), resolve_ref(self.schema, wide)
        if narrow is False or wide is True:
            return
        if depth > _DEEPEST or not isinstance(narrow, Mapping) or not isinstance(wide, Mapping):
            yield f"{path} cannot be compared with output_schema"
        elif "const" in narrow or "enum" in narrow:
            yield from self._list_values([narrow["const"]] if "const" in narrow else narrow["enum"], wide, path)
        elif "anyOf" in narrow and not narrow.keys() & wide.keys() - _SAY_NOTHING - {"type", "anyOf"}:
            for number, branch in enumerate(narrow["anyOf"]):
                yield from self.list_faults(branch, wide, f"{path}.anyOf[{number}]", depth + 1)
        elif not self._has_narrow_branches(narrow, wide, path, depth):
            loosening = _LOOSENING | (_REACHING_ITEMS if "unevaluatedItems" in wide else frozenset())
            yield from (f"{path} has {key!r}, which can allow more" for key in sorted(narrow.keys() & loosening - wide.keys()))
            for key in (key for key in wide if key not in _SAY_NOTHING):
                yield from self._compare(key, narrow, wide, path, depth)

    def _is_narrower(self, narrow: Any, wide: Any, path: str, depth: int) -> bool:
        return next(self.list_faults(narrow, wide, path, depth + 1), None) is None

    def _refer_alike(self, narrow: Any, wide: Any) -> bool:
        """Say whether both are one reference to one definition: a definition may lead to itself."""
        ref = narrow.get("$ref") if isinstance(narrow, Mapping) else None
        if not isinstance(ref, str) or not ref.startswith("#/$defs/") or wide != {"$ref": ref}:
            return False
        return json.dumps(self.narrowed.get("$defs")) == json.dumps(self.schema.get("$defs"))

    def _has_narrow_branches(self, narrow: Mapping[str, Any], wide: Mapping[str, Any], path: str, depth: int) -> bool:
        branches = narrow.get("anyOf") or narrow.get("oneOf") or ()
        return bool(branches) and all(self._is_narrower(each, wide, path, depth) for each in branches)

    def _compare(self, key: str, narrow: Mapping[str, Any], wide: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
        if key == "anyOf" and any(self._is_narrower(narrow, each, path, depth) for each in wide[key]):
            return
        if key not in narrow:
            yield f"{path} says nothing of {key!r}, as output_schema does"
        elif key == "properties":
            yield from self._compare_properties(narrow[key], wide[key], f"{path}.{key}", depth)
        elif key == "items":
            yield from self._compare_items(narrow, wide, path, depth)
        elif not _RULES.get(key, _are_same)(narrow[key], wide[key]):
            yield f"{path}.{key} is {narrow[key]!r}, and {wide[key]!r} in output_schema"
        if key == "additionalProperties" and wide[key] is False:
            more = [name for name in narrow.get("properties", {}) if name not in wide.get("properties", {})]
            yield from (f"{path}.properties has {name!r}, which output_schema has not" for name in more)

    def _compare_properties(self, narrow: Mapping[str, Any], wide: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
        missing = [name for name in wide if name not in narrow]
        yield from (f"{path} lacks {name!r}, which output_schema has" for name in missing)
        if not missing and [name for name in narrow if name in wide] != list(wide):
            yield f"{path} has its keys in another order than output_schema, which is the order of an answer's keys"
        for name in wide:
            yield from self.list_faults(narrow.get(name), wide[name], f"{path}.{name}", depth + 1)

    def _compare_items(self, narrow: Mapping[str, Any], wide: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
        """Compare what the items of a list may be; the first ones may have schemas of their own."""
        yield from self.list_faults(narrow["items"], wide["items"], f"{path}.items", depth + 1)
        if "prefixItems" not in wide:  # otherwise it has to be the same
            for number, item in enumerate(narrow.get("prefixItems", ())):
                yield from self.list_faults(item, wide["items"], f"{path}.prefixItems[{number}]", depth + 1)

    def _list_values(self, values: Sequence[Any], wide: Mapping[str, Any], path: str) -> Iterator[str]:
        from jsonschema_rs import Draft202012Validator

        if not values:
            yield f"{path} allows nothing"
        if wide.keys() == {"enum"}:  # no validator has to be made for what is so frequent
            listed = {json.dumps(each) for each in wide["enum"]}
            yield from (
                f"{path} allows {each!r}, which output_schema does not" for each in values if json.dumps(each) not in listed
            )
            return
        try:
            validator = Draft202012Validator({**wide, "$defs": self.schema.get("$defs", {})}, validate_formats=False)
        except ValueError:  # a reference to something else than a definition
            yield f"{path} cannot be compared with output_schema"
        else:
            refused = (value for value in values if not validator.is_valid(value))
            yield from (f"{path} allows {value!r}, which output_schema does not" for value in refused)


def _are_same(narrow: Any, wide: Any) -> bool:
    return bool(narrow == wide)


def _is_type_within(narrow: Any, wide: Any) -> bool:
    given, allowed = ({each} if isinstance(each, str) else set(each) for each in (narrow, wide))
    return given <= (allowed | {"integer"} if "number" in allowed else allowed)


_RULES: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "type": _is_type_within,
        "required": lambda narrow, wide: set(wide) <= set(narrow),
        **dict.fromkeys(
            ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), lambda narrow, wide: narrow >= wide
        ),
        **dict.fromkeys(
            ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), lambda narrow, wide: narrow <= wide
        ),
    }
)
"""When a keyword's value is the other's or narrower; the values of all others must be the same."""
