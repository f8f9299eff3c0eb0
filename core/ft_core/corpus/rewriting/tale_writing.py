"""From a story to a file of version 3, in which everything that nobody changed is as it was read."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from ft_core.atomic import write_text
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.v3 import read_v3
from ft_core.corpus.rewriting.cast_writing import write_characters
from ft_core.corpus.rewriting.event_writing import write_events
from ft_core.errors import TaleError
from ft_core.story import Story

__all__ = ["as_v3", "write_tale"]

JsonObject: TypeAlias = dict[str, Any]

_ALL_RULES = Rules()
_MOST_PASSES = 4
"""A value that is written may change what another one is read as; a tale settles after two or three passes."""

_PLACES: Mapping[str, tuple[str, ...]] = {
    "id": ("metadata", "id"),
    "title": ("metadata", "title"),
    "culture": ("metadata", "culture"),
    "language": ("source_info", "language"),
    "text": ("source_info", "text_content"),
    "summary": ("analysis", "paragraph_summaries", "whole"),
    "annotations": ("annotations",),
}


def as_v3(story: Story, rules: Rules = _ALL_RULES) -> JsonObject:
    """Return the JSON object of a version 3 file that is read as this story.

    Of a tale that was read, only what would be read otherwise than the story has it is written over. So values that reading
    repairs, keys that ft-core does not know and the order of keys stay as they are in the file. Events are known by their
    ids and characters by their names; those that are no longer in the story are taken out, and new ones come last with
    all keys of the format. A tale of an older version has the shape of version 3.

    Args:
        story: the tale; its ``document`` is not changed.
        rules: the repairs that were made when it was read.

    Raises:
        TaleError: two events have one id.
    """
    _refuse_repeated_ids(story)
    document = _make_blank(story.id) if story.document is None else dict(story.document)
    for _ in range(_MOST_PASSES):
        earlier, document = document, _revise(document, story, rules)
        if document == earlier:
            break
    return document


def write_tale(story: Story, path: str | Path, rules: Rules = _ALL_RULES) -> None:
    """Write a tale as a version 3 file, in UTF-8; see :func:`as_v3`.

    Raises:
        TaleError: two events have one id.
        OutputError: the file cannot be written.
    """
    write_text(Path(path), json.dumps(as_v3(story, rules), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def _refuse_repeated_ids(story: Story) -> None:
    counts = Counter(event.id for event in story.events)
    repeated = [event_id for event_id, count in counts.items() if count > 1]
    if repeated:
        named = story.source or story.id
        raise TaleError(f"{named}: several events have the id {', '.join(map(repr, repeated))}; give each its own.")


def _revise(document: Mapping[str, Any], story: Story, rules: Rules) -> JsonObject:
    read = read_v3(document, story.source, rules)[0]
    revised = copy.deepcopy(dict(document))
    for name, keys in _PLACES.items():
        value = getattr(story, name)
        if value != getattr(read, name):
            _put(revised, keys, copy.deepcopy(value))
    write_characters(revised, read.characters, story.characters)
    write_events(revised, read.events, story.events)
    return revised


def _put(document: JsonObject, keys: tuple[str, ...], value: object) -> None:
    owner = document
    for key in keys[:-1]:
        if not isinstance(owner.get(key), dict):  # null, or an empty list as some tools write an empty object
            owner[key] = {}
        owner = owner[key]
    owner[keys[-1]] = value


def _make_blank(story_id: str) -> JsonObject:
    return {
        "version": "3.0",
        "metadata": {"id": story_id, "title": "", "culture": "", "annotator": "", "date_annotated": "", "confidence": None},
        "source_info": {"language": "", "type": "", "reference_uri": "", "text_content": ""},
        "characters": [],
        "narrative_events": [],
        "themes_and_motifs": {},
        "analysis": {},
    }
