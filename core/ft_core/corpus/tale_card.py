"""What is kept of every tale while all of them are surveyed: little enough for a hundred thousand."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TaleCard"]


@dataclass(frozen=True, slots=True)
class TaleCard:
    """One tale, without its text.

    Attributes:
        story_id: the tale's id.
        source: its file (or file and line), as messages name it.
        culture, language: as they are read, ``""`` where unknown.
        events: how many events it has, those without a text included.
        content_hash: SHA-256 of its JSON content, hexadecimal.
        text_hash: a hash of its text without spaces, or ``b""`` for a tale without text: equal texts have equal hashes.
        sketch: MinHash of its text (see :mod:`ft_core.corpus.likeness`), ``b""`` where none was made.
    """

    story_id: str
    source: str
    culture: str = ""
    language: str = ""
    events: int = 0
    content_hash: str = ""
    text_hash: bytes = b""
    sketch: bytes = b""
