"""What ``ft-core check`` has to say of one value of a tale, and where the value stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Finding", "Remark", "shorten"]

_LONGEST = 40
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding whose place in the file is not known yet.

    Attributes:
        path: JSON path of the value in the file.
        rule: the rule's name (see :mod:`ft_core.corpus.checking.check_rule`).
        message: what is wrong, and what to do where that is not plain.
        before: the value in the file, for a repair.
        after: what it is read as, for a repair; None where it is left out.
    """

    path: str
    rule: str
    message: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark on one value of a file.

    Attributes:
        file: the file, as an editor opens it from the folder where the command runs.
        line, column: where the value begins, both from 1; columns are characters.
        path: JSON path of the value.
        severity: ``error`` or ``warning``.
        rule: the rule's name.
        message: what is wrong.
        before, after: a repair's value in the file and what it is read as; None where nothing is repaired.
    """

    file: str
    line: int
    column: int
    path: str
    severity: str
    rule: str
    message: str
    before: Any = None
    after: Any = None

    def __str__(self) -> str:
        """Return the finding in one line, whatever its file and values are called."""
        line = f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.rule}: {self.message}"
        return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", line)

    @property
    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        """File, line, column and rule; path and message make the order of the rest certain."""
        return self.file, self.line, self.column, self.rule, self.path, self.message

    def as_json(self) -> Mapping[str, Any]:
        """Return the finding as a JSON object."""
        return asdict(self)


def shorten(value: Any) -> str:
    """Return a JSON value for a message: in one line, and cut where it is long.

    >>> shorten("A fox"), shorten(["A fox who lived by the river", "A crane who lived by the sea"])
    ('"A fox"', '["A fox who lived by the river", "A cran…')
    """
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
