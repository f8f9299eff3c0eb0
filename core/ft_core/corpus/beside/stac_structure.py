"""Whether a JSON object is built as a STAC sidecar is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.record import Refusal, limit_refusals
from ft_core.story import Stac

__all__ = ["refuse_bad_sidecar"]

_NAMES: Mapping[type, str] = MappingProxyType(
    {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null", int: "a whole number"}
)

_PARTS: Mapping[str, type] = MappingProxyType({"sentences": list, "event_records": dict})
_RECORD: Mapping[str, type] = MappingProxyType({each.name: str for each in fields(Stac)})
_SIDECAR: Mapping[str, type] = MappingProxyType({"model": str})
_SENTENCE: Mapping[str, type] = MappingProxyType({"sentence_index": int, "sentence": str, "analysis": dict, "error": str})
_ANALYSIS: Mapping[str, type] = MappingProxyType({"stac_category": str, "explanation": str})


def refuse_bad_sidecar(document: Mapping[str, Any], file: str) -> None:
    """Pass a sidecar that is built right: ``sentences``, ``event_records`` or both, and values of the right kind, or null.

    Raises:
        RefusedError: it is not; all problems are told.
    """
    problems = [Refusal(file, path, reason) for path, reason in _find_problems(document)]
    if problems:
        raise RefusedError(limit_refusals(problems))


def _find_problems(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _find_wrong_kinds("$", document, _SIDECAR)
    if document.keys().isdisjoint(_PARTS):
        yield "$", "is no STAC sidecar: it has no key 'sentences'"
    for key, kind in _PARTS.items():
        if key in document and type(document[key]) is not kind:
            yield f"$.{key}", _word(document[key], kind)
        elif key == "sentences":
            for number, sentence in enumerate(document.get(key, ())):
                yield from _find_sentence_problems(f"$.sentences[{number}]", sentence)
        else:
            for event_id, record in document.get(key, {}).items():
                yield from _find_record_problems(f"$.event_records[{event_id!r}]", record)


def _find_record_problems(path: str, record: Any) -> Iterator[tuple[str, str]]:
    if type(record) is not dict:
        yield path, _word(record, dict)
    else:
        yield from _find_wrong_kinds(path, record, _RECORD)


def _find_sentence_problems(path: str, sentence: Any) -> Iterator[tuple[str, str]]:
    if type(sentence) is not dict:
        yield path, _word(sentence, dict)
        return
    yield from _find_wrong_kinds(path, sentence, _SENTENCE)
    if type(analysis := sentence.get("analysis")) is dict:
        yield from _find_wrong_kinds(f"{path}.analysis", analysis, _ANALYSIS)


def _find_wrong_kinds(path: str, value: Mapping[str, Any], kinds: Mapping[str, type]) -> Iterator[tuple[str, str]]:
    for key, kind in kinds.items():
        if (each := value.get(key)) is not None and type(each) is not kind:  # bool is a kind of int
            yield f"{path}.{key}", _word(each, kind)


def _word(value: Any, wanted: type) -> str:
    return f"is {_NAMES.get(type(value), 'a number')}, where {_NAMES[wanted]} is due"
