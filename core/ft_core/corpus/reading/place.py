"""Where a value stands in the file of an older version, by where it would stand in one of version 3."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field

__all__ = ["Places"]

_LAST_STEP = re.compile(r"(?:\.[^.\[\]]+|\[\d+\])$")


@dataclass(slots=True)
class Places:
    """JSON paths of a tale in the shape of version 3, and the paths of the same values in its file.

    >>> places = Places({"$.characters": "$.annotation.motif.character_archetypes"})
    >>> places.locate("$.characters[2].name"), places.locate("$.narrative_events[0]")
    ('$.annotation.motif.character_archetypes[2].name', '$.narrative_events[0]')
    """

    _moved: MutableMapping[str, str] = field(default_factory=dict)

    def add(self, path: str, in_file: str) -> None:
        """Note that a value, with all that it holds, stands somewhere else in the file."""
        self._moved[path] = in_file

    def locate(self, path: str) -> str:
        """Return the path in the file."""
        if not self._moved:
            return path
        start, rest = path, ""
        while start not in self._moved:
            match = _LAST_STEP.search(start)
            if match is None:
                return path
            start, rest = start[: match.start()], match.group() + rest
        return self._moved[start] + rest
