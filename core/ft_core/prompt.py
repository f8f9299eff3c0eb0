"""What a model is asked: one system text and one user text."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Prompt", "join_sections"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The prompt of one example, the same bytes in training and at inference.

    ``system`` is the part that is the same for every example of a step, ``user`` is the tale's material.
    """

    system: str
    user: str

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
