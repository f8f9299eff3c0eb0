"""An adapter's answer about a training tale that was not used as it was given: repaired, or not valid and left out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ft_core.atomic import telling_what_to_do, write_text

__all__ = ["NotedAnswer", "write_noted"]


@dataclass(frozen=True, slots=True)
class NotedAnswer:
    """One answer, and why it was not used as it was given.

    Attributes:
        file, path: where its event is, as messages have it.
        story, event: the tale and the event that were asked about; ``""`` for a tale as a whole.
        answer: as the model gave it.
        problems: what is wrong with it; then its field stayed empty.
        repairs: what was left out of it; then the rest was used.
    """

    file: str
    path: str
    story: str
    event: str
    answer: str
    problems: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()


def write_noted(path: Path, noted: Iterable[NotedAnswer]) -> None:
    """Write one line for each, complete or not at all; an earlier file goes, also where there is none now.

    Raises:
        OutputError: no space or no permission.
    """
    lines = "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in noted)
    if lines:
        write_text(path, lines)
    else:
        with telling_what_to_do(path):
            path.unlink(missing_ok=True)
