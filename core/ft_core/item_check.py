"""Checking what ``extract_examples`` yields against what core knows of the tale."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping

import orjson

from ft_core.example import Example, Inputs, NotApplicable, Skipped
from ft_core.story import Story

__all__ = ["describe_item_fault", "fingerprint"]


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)  # json.dumps would make one for every call

_PLAIN = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def fingerprint(inputs: Inputs | NotApplicable) -> bytes:
    """Return the inputs as JSON in UTF-8, so that a later change of them shows.

    Raises:
        TypeError, ValueError: they are not made of JSON values, or hold half of a surrogate pair.
    """
    if isinstance(inputs, NotApplicable):
        return b""
    # orjson is much faster, but writes NaN as null and knows types that are no JSON: json judges what is not plain.
    try:
        plain = orjson.dumps(inputs, option=_PLAIN)
    except TypeError:
        plain = b"null"
    return _ENCODER.encode(inputs).encode() if b"null" in plain else plain


def describe_item_fault(
    item: Example | Skipped, story: Story, fingerprints: Mapping[str, bytes], seen: Container[str]
) -> str | None:
    """Say why an example or a reason cannot be used, or return None where it can.

    Args:
        item: what the step yielded.
        story: the tale it was asked about.
        fingerprints: of each event's inputs, by event id (``""`` for the tale as a whole), as ``build_inputs`` gave them.
        seen: the events that the step has spoken of already.
    """
    if item.story_id != story.id:
        return f"speaks of another tale, {item.story_id!r}"
    if "" in fingerprints and (item.event_id or item.event_id in seen):
        return "speaks of the tale twice, or of an event, where a step of scope 'story' gives one item with the event_id ''"
    if item.event_id not in fingerprints or item.event_id in seen:
        return "speaks of an event twice, or of one that the tale does not have"
    if isinstance(item, Example) and not _are_same(item.inputs, fingerprints[item.event_id]):
        return "gives an example whose inputs are not those of build_inputs"
    return None


def _are_same(inputs: Inputs | NotApplicable, expected: bytes) -> bool:
    try:
        return fingerprint(inputs) == expected
    except (TypeError, ValueError):  # a step has put something into them that is no JSON value
        return False
