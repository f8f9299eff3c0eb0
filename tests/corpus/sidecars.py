"""A short tale with its text and a STAC sidecar, for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ft_core.corpus.beside.stac_sidecar import SidecarFile, StacSidecars
from ft_core.corpus.beside.stac_source import StacSource, read_stac_source
from ft_core.corpus.beside.tale_text import TaleTexts
from ft_core.story import Event, Story, TextSpan

__all__ = ["SENTENCES", "TEXT", "make_sentence", "make_told_story", "read_source", "write_sidecar", "write_text"]

SENTENCES = (
    ("situation", "Once a fox lived by a river."),
    ("task", "It had to cross before the flood."),
    ("action", "A crane lent the fox its boat."),
    ("action", "The fox rowed all night."),
    ("consequence", "So it came home."),
)

TEXT = "Once a fox lived\nby a river. It had to cross before the flood.\n\nA crane lent the fox its boat.\nThe fox rowed all night. So it came home.\n"


def make_sentence(head: str | None, text: str | None, number: int | None = 1, **changes: Any) -> dict[str, Any]:
    """Return a sentence of a sidecar; a change replaces one of its keys."""
    analysis = {"stac_category": head, "location": "", "task_roles": [], "doers": [], "receivers": [], "changed_state": ""}
    sentence = {"sentence_index": number, "sentence": text, "analysis": analysis | {"explanation": "as it seems"}}
    return sentence | changes


def write_sidecar(
    folder: Path, sentences: Sequence[tuple[str | None, str | None]] = SENTENCES, tale_id: str = "fox", **changes: Any
) -> SidecarFile:
    """Write a sidecar and return its file; changes are of its top level."""
    made = [make_sentence(head, text, number) for number, (head, text) in enumerate(sentences, start=1)]
    path = folder / f"{tale_id}_stac.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"source_file": "/home/x/fox.txt", "sentences": made} | changes), encoding="utf-8")
    return SidecarFile(path.name, path)


def write_text(folder: Path, text: str = TEXT, tale_id: str = "fox") -> Path:
    """Write the text of a tale and return its file."""
    path = folder / f"{tale_id}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def make_told_story(*segments: str | TextSpan | None, text: str = TEXT, language: str = "en") -> Story:
    """Return the tale with these segments; offsets of a string are where the text has it, or -1."""
    spans = [_find(each, text) if isinstance(each, str) else each for each in segments]
    events = [Event(f"e{number}", f"$.narrative_events[{number}]", span) for number, span in enumerate(spans)]
    return Story("fox", language=language, text=text, source="fox.json", events=events)


def read_source(folder: Path, story: Story, file: SidecarFile | None = None) -> StacSource:
    """Read the sidecar ``fox_stac.json`` of a folder with the tale's own text, or with ``texts/fox.txt`` of it."""
    found = file or StacSidecars.find([folder]).find_file("fox")
    assert found is not None
    return read_stac_source(story, folder / "json_v3" / "fox.json", found, TaleTexts())


def _find(segment: str, text: str) -> TextSpan:
    start = text.find(segment)
    return TextSpan(start, start + len(segment) if start >= 0 else -1, segment)
