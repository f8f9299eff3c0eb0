"""From the bytes of a file to one JSON object that the rest of ft-core can hold, hash and write again."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from typing import Any, TypeAlias

import orjson

from ft_core.corpus.reading.record import Refusal, limit_refusals

__all__ = [
    "MAX_DEPTH",
    "RefusedError",
    "decode_checked_document",
    "decode_document",
    "find_unusable",
    "hash_document",
    "is_encodable",
]

MAX_DEPTH = 64
"""Nested arrays and objects allowed in a tale; deeper ones are no annotation, and break recursive code."""

JsonObject: TypeAlias = dict[str, Any]


class RefusedError(Exception):
    """A file cannot be read; carries why. It never leaves ``ft_core.corpus``."""

    def __init__(self, refusals: list[Refusal]) -> None:
        self.refusals = refusals
        super().__init__("\n".join(map(str, refusals)))


def decode_document(data: bytes, file: str) -> JsonObject:
    """Decode a file that must hold one JSON object in UTF-8 (a byte order mark is accepted).

    Args:
        data: the bytes of the file.
        file: its name in what is said of it.

    Raises:
        RefusedError: with the place and the reason.
    """
    if (document := _decode_clean(data)) is not None:
        return document
    text = _decode_text(data, file)
    if not text.strip():
        raise _refuse(file, "the file is empty")
    document = _parse(text, file)
    if not isinstance(document, dict):
        raise _refuse(file, f"is {_KINDS.get(type(document), 'a number')}, where a tale is a JSON object")
    refusals = [Refusal(file, path, reason) for path, reason in find_unusable(document)]
    if refusals:
        raise RefusedError(limit_refusals(refusals))
    return document


def decode_checked_document(data: bytes) -> JsonObject:
    """Decode a file that :func:`decode_document` has accepted before; nothing is checked again.

    Raises:
        ValueError: it is not JSON, so it is not that file any more.
    """
    document: JsonObject = orjson.loads(data.removeprefix(_BYTE_ORDER_MARK))
    return document


def hash_document(document: JsonObject) -> str:
    """Return the SHA-256 of a JSON object, whatever the order of its keys and the layout of its file."""
    try:
        data = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a whole number of more than 64 bits
        data = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
    return hashlib.sha256(data).hexdigest()


_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def _decode_clean(data: bytes) -> JsonObject | None:
    """Return the object in a file that has nothing wrong with it, quickly; None leaves it to the slow way to say what is.

    orjson refuses NaN and halves of surrogate pairs, but lets repeated keys, infinite numbers and any depth below 1,024 pass.
    """
    try:
        document = orjson.loads(data.removeprefix(_BYTE_ORDER_MARK))
        json.loads(data.decode("utf-8-sig"), object_pairs_hook=_build_object)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) and not _is_suspicious(document) else None


def _is_suspicious(document: JsonObject) -> bool:
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for value in level:
            for child in value.values() if isinstance(value, dict) else value:
                kind = type(child)
                if kind is dict or kind is list:
                    inner.append(child)
                elif kind is float and not math.isfinite(child):
                    return True
        if not inner:
            return False
        level = inner
    return True


_KINDS = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}


def _decode_text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}; save the file as UTF-8"
        raise _refuse(file, reason) from error


def _parse(text: str, file: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_build_object)
    except json.JSONDecodeError as error:
        raise _refuse(file, f"not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise _refuse(file, f"nested deeper than {MAX_DEPTH} levels") from error
    except ValueError as error:  # a repeated key, or an integer of more digits than Python reads
        raise _refuse(file, f"not usable JSON: {error}") from error


def _build_object(pairs: list[tuple[str, Any]]) -> JsonObject:
    built = dict(pairs)
    if len(built) < len(pairs):
        seen: set[str] = set()
        repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {repeated!a} stands twice in one object; keep one of the two")
    return built


def find_unusable(value: object) -> Iterator[tuple[str, str]]:
    r"""Yield the JSON path and the reason of everything in a parsed JSON value that no tale can hold.

    >>> list(find_unusable({"doers": ["Fox", "\ud83d"]}))
    [('$.doers[1]', 'holds half of a surrogate pair, which is no character')]
    """
    pending: list[tuple[str, Any, int]] = [("$", value, 1)]
    while pending:
        path, value, depth = pending.pop()
        if isinstance(value, str):
            if not is_encodable(value):
                yield path, "holds half of a surrogate pair, which is no character"
        elif isinstance(value, float):
            if not math.isfinite(value):
                yield path, f"is {value}, which is not a JSON number"
        elif isinstance(value, dict | list):
            if depth > MAX_DEPTH:
                yield path, f"nested deeper than {MAX_DEPTH} levels"
                return
            yield from _find_unusable_keys(path, value)
            pending.extend((f"{path}{step}", child, depth + 1) for step, child in _children(value))


def _find_unusable_keys(path: str, value: JsonObject | list[Any]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key in value:
            if not is_encodable(key):
                yield path, f"has the key {key!a}, which holds half of a surrogate pair"


def _children(value: JsonObject | list[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        return ((f".{key.encode('utf-8', 'replace').decode()}", child) for key, child in value.items())
    return ((f"[{index}]", child) for index, child in enumerate(value))


def is_encodable(text: str) -> bool:
    """Say whether a string from JSON can be written as UTF-8: one with half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(file: str, reason: str) -> RefusedError:
    return RefusedError([Refusal(file, "$", reason)])
