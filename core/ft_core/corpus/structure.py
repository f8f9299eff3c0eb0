"""Whether a JSON object has the structure of a version 3 tale; all problems of a file are found together."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from ft_core.corpus.record import Refusal, limit_refusals

__all__ = ["find_version_problem", "list_structure_problems"]

_VERSION_3 = re.compile(r"3(\.\d+)*")


def find_version_problem(document: Mapping[str, Any], file: str) -> Refusal | None:
    """Say why a JSON object is not a tale of a version that is read, or return None where it is one."""
    if "version" not in document:
        known_as_v1 = "narrative_structure" in document
        reason = (
            "a tale of version 1 is not read yet; this release reads 3.x"
            if known_as_v1
            else 'is no tale: it has no key "version"; this release reads tales of version 3.x'
        )
        return Refusal(file, "$", reason)
    version = document["version"]
    if isinstance(version, bool | dict | list | None) or not _VERSION_3.fullmatch(str(version)):
        shown = json.dumps(version, ensure_ascii=False)[:80]
        return Refusal(file, "$.version", f"version {shown} is not read yet; this release reads 3.x")
    return None


def list_structure_problems(document: Mapping[str, Any], file: str) -> list[Refusal]:
    """Return every place where a tale is not built as version 3 is, sorted by JSON path."""
    return limit_refusals([Refusal(file, error.json_path, _word(error)) for error in _validator().iter_errors(document)])


@cache
def _validator() -> Draft202012Validator:
    schema = resources.files("ft_core.corpus").joinpath("v3.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(schema))


_NAMES = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
_WANTED = {
    "object": "an object",
    "array": "an array",
    "string": "a string",
    "number": "a number",
    "integer": "a whole number",
    "null": "null",
}


def _word(error: ValidationError) -> str:
    # jsonschema quotes the whole value, which may be the whole tale; the schema uses "required" and "type" only.
    if error.validator == "required":
        return error.message
    wanted: Any = error.validator_value
    names = " or ".join(_WANTED[kind] for kind in (wanted if isinstance(wanted, list) else [wanted]))
    return f"is {_NAMES.get(type(error.instance), 'null')}, where {names} is due"
