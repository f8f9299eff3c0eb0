"""Whether a JSON object is a tale, of which version, and whether it is built as that version is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.record import Refusal, limit_refusals

__all__ = ["find_version", "is_sidecar", "list_structure_problems", "refuse_bad_structure"]

_VERSION = re.compile(r"([23])(\.\d+)*")


def find_version(document: Mapping[str, Any], file: str) -> int:
    """Return the version of a tale: 1, 2 or 3.

    Raises:
        RefusedError: the JSON object is no tale, or one of a version that is not known.
    """
    if "version" not in document:
        if "narrative_structure" in document:
            return 1
        raise RefusedError([Refusal(file, "$", _describe_stranger(document))])
    version = document["version"]
    match = None if isinstance(version, bool | dict | list | None) else _VERSION.fullmatch(str(version))
    if match is None:
        shown = json.dumps(version, ensure_ascii=False)[:80]
        raise RefusedError([Refusal(file, "$.version", f"version {shown} is not known; versions 1, 2.x and 3.x are read")])
    return int(match.group(1))


def is_sidecar(document: Mapping[str, Any]) -> bool:
    """Say whether a JSON object is a STAC sidecar, which lies beside a tale and is none."""
    return isinstance(document.get("sentences"), list) and document.keys().isdisjoint(
        {"version", "narrative_events", "narrative_structure"}
    )


def list_structure_problems(document: Mapping[str, Any], file: str, version: int = 3) -> list[Refusal]:
    """Return every place where a tale is not built as its version is, sorted by JSON path."""
    if _compiled(version).is_valid(document):
        return []
    return limit_refusals([Refusal(file, error.json_path, _word(error)) for error in _wording(version).iter_errors(document)])


def refuse_bad_structure(document: Mapping[str, Any], file: str, version: int) -> None:
    """Pass a tale that is built as its version is.

    Raises:
        RefusedError: it is not; all problems are told.
    """
    problems = list_structure_problems(document, file, version)
    if problems:
        raise RefusedError(problems)


def _describe_stranger(document: Mapping[str, Any]) -> str:
    if "narrative_events" in document:
        return 'has no key "version"; add "version": "3.0" (or "2.0" where relations and actions stand flat on the events)'
    return 'is no tale: it has neither "version" nor "narrative_structure"'


def _read_schema(version: int) -> Any:
    return json.loads(resources.files("ft_core.corpus.reading").joinpath(f"v{version}.schema.json").read_text(encoding="utf-8"))


@cache
def _compiled(version: int) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_read_schema(version))


@cache
def _wording(version: int) -> Draft202012Validator:
    return Draft202012Validator(_read_schema(version))


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
    # jsonschema quotes the whole value, which may be the whole tale; the schemas use "required" and "type" only.
    if error.validator == "required":
        return error.message
    wanted: Any = error.validator_value
    names = " or ".join(_WANTED[kind] for kind in (wanted if isinstance(wanted, list) else [wanted]))
    return f"is {_NAMES.get(type(error.instance), 'null')}, where {names} is due"
