"""A tale of five unlike events and paragraphs that retell them, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ft_core.corpus.beside.retelling import RetellingFile
from ft_core.story import Story
from tests.tales import make_event, make_tale, read_story

__all__ = ["PARAGRAPHS", "PLACEHOLDER", "SEGMENTS", "make_story", "write_retelling"]

SEGMENTS = (
    "A miller had a daughter who sang beside the water wheel.",
    "One autumn a drought dried up the river and the mill stood still.",
    "The daughter climbed the mountain and asked the old heron for rain.",
    "The heron gave her a feather and forbade her to look behind.",
    "She threw the feather into the empty riverbed and the flood returned.",
)

PARAGRAPHS = (
    "Beside his wooden wheel there lived a miller, whose daughter sang from morning until evening.",
    "Then came an autumn of drought; the river dried away, and silent stood the mill.",
    "So the girl climbed the steep mountain, where an old heron nested, and begged it for rain.",
    "The heron plucked a feather for her: she must never look behind, it said, this was forbidden.",
    "Home again, she threw that feather into the empty riverbed, and with a roar the flood returned.",
)

PLACEHOLDER: dict[str, Any] = {
    "text_span": None, "event_type": "OTHER", "description": "", "agents": [], "targets": [], "target_type": "",
    "instrument": "", "relationships": [], "action_layer": {},
}  # fmt: skip


def make_story(segments: Sequence[str | None] = SEGMENTS, tale_id: str = "mill", **changes: Any) -> Story:
    """Return a tale with these segments in time order; None makes a placeholder."""
    return read_story(make_tale(tale_id, narrative_events=[_make(*each) for each in enumerate(segments)], **changes))


def write_retelling(folder: Path, paragraphs: Sequence[str] = PARAGRAPHS, name: str = "mill_gen_01") -> RetellingFile:
    """Write a retelling and return its file."""
    path = folder / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(f"{{{each}}}" for each in paragraphs), encoding="utf-8")
    return RetellingFile(path.name, path, name.removeprefix("mill_"))


def _make(number: int, segment: str | None) -> dict[str, Any]:
    changes: dict[str, Any] = (
        PLACEHOLDER if segment is None else {"text_span": {"start": 0, "end": len(segment), "text": segment}}
    )
    plain = {"agents": ["Miller"], "targets": [], "description": "", "instrument": "", "relationships": []}
    return make_event(number + 1, **(plain | changes))
