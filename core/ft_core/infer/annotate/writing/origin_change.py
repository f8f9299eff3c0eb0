"""What differs between what a tale was annotated with and what it would be annotated with now, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["describe_changes", "describe_run_changes"]

_HASH = re.compile(r"[0-9a-f]{64}")
_SHOWN = 12  # digits of a hash that is shown, as much as tells two apart

_BY_STEP = {"adapters": "adapter", "steps": "version", "left_out_inputs": "inputs left out"}
"""What a run's record has for each step, and what it is called."""


def describe_changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what differs between two values of ``made_from``: the tale's file, its summary, the run and the settings.

    >>> describe_changes({"input": "a", "settings": {"roster": "known"}}, {"input": "b", "settings": {"roster": "full"}})
    ['its file was changed', "roster: 'known' then, 'full' now"]
    """
    told = ["its file was changed"] if then.get("input") != now.get("input") else []
    if then.get("summary") != now.get("summary"):
        told.append("its summary in the CSV files was changed")
    before, after = _find_object(then, "run"), _find_object(now, "run")
    told += _list_steps(before, after)
    told += describe_run_changes(before, after)
    return told + list(_compare(_find_object(then, "settings"), _find_object(now, "settings")))


def describe_run_changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what differs between the records of two runs: the base model, and what they have of the same steps.

    Steps that only one of them has are passed over: a folder may have some tales with these steps and others with those.

    >>> describe_run_changes({"adapters": {"action": "a1", "stac": "a2"}}, {"adapters": {"stac": "b2"}})
    ['adapter of stac: a2 then, b2 now']
    """
    told = [_tell("base model", then.get("base"), now.get("base"))] if then.get("base") != now.get("base") else []
    for key, name in _BY_STEP.items():
        before, after = _find_object(then, key), _find_object(now, key)
        shared = [step for step in after if step in before]
        told += [_tell(f"{name} of {step}", before[step], after[step]) for step in shared if before[step] != after[step]]
    return told


def _list_steps(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    before, after = list(_find_object(then, "adapters")), list(_find_object(now, "adapters"))
    if set(before) != set(after):
        yield _tell("steps", ", ".join(before), ", ".join(after))


def _compare(then: Any, now: Any, name: str = "") -> Iterator[str]:
    """Yield the values that differ, named as ``segmentation.length``."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted({**then, **now}):
            yield from _compare(then.get(key), now.get(key), f"{name}.{key}" if name else key)
    elif then != now:
        yield _tell(name, repr(then), repr(now))


def _find_object(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def _tell(name: str, then: Any, now: Any) -> str:
    return f"{name}: {_shorten(then)} then, {_shorten(now)} now"


def _shorten(value: Any) -> str:
    told = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return told[:_SHOWN] if _HASH.fullmatch(told) else told or "none"
