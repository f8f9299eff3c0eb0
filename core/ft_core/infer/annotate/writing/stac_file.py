"""The STAC records of a tale in a file of their own, by event, as preparing reads them from ``--stac-dir``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ft_core.story import Story

__all__ = ["make_stac_file"]


def make_stac_file(story: Story, model: str) -> dict[str, Any] | None:
    """Return the JSON object of a sidecar, or None where no event has a record.

    Args:
        story: the tale.
        model: the language model that made the records; ``""`` where they were all in the tale before.
    """
    records = {event.id: asdict(event.stac) for event in story.events if event.stac is not None and not event.stac.is_empty}
    return {"model": model, "sentences": [], "event_records": records} if records else None
