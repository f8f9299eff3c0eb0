"""What a model is asked: one system text and one user text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Prompt", "join_sections", "show_list"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The prompt of one example, the same bytes in training and at inference.

    ``system`` is the part that is the same for every example of a step, ``user`` is the tale's material.
    """

    system: str
    user: str

    def __post_init__(self) -> None:
        """Refuse what is not text.

        Raises:
            TypeError: a part is not a string.
        """
        for name, part in (("system", self.system), ("user", self.user)):
            if not isinstance(part, str):
                raise TypeError(f"the {name} part of a Prompt must be a string, not {part!r}")

    @property
    def instruction(self) -> str:
        r"""The prompt as one text, as the ``instruction`` of a JSONL line has it: system, blank line, user.

        >>> Prompt("Do this.", "With that.").instruction
        'Do this.\n\nWith that.'
        """
        return "\n\n".join(part for part in (self.system, self.user) if part)


def join_sections(*sections: tuple[str, str]) -> str:
    """Lay out the tale's material as headed sections, leaving out the empty ones, heading and all.

    Args:
        sections: pairs of a heading and its text, in the order in which they are shown.

    >>> print(join_sections(("Summary", ""), ("Segment", "A fox came.")))
    Segment:
    A fox came.
    """
    return "\n\n".join(f"{heading}:\n{text}" for heading, text in sections if text)


def show_list(values: Sequence[object]) -> str:
    """Write names, or other JSON values, on one line as JSON, so that a name with a comma stays one; ``""`` for none.

    >>> show_list(["the fox, the sly", "狐狸"]), show_list([])
    ('["the fox, the sly", "狐狸"]', '')
    """
    return json.dumps(values, ensure_ascii=False) if values else ""
