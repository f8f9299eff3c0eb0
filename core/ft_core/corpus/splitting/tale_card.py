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
        version: the version of its file: 1, 2 or 3.
        culture, language: as they are read, ``""`` where unknown.
        events: how many events it has, those without a segment included.
        is_told: whether any event has a segment; of a tale without any there is nothing to learn or to test.
        content_hash: SHA-256 of its JSON content, hexadecimal.
        raw_hash: a hash of the bytes that it was read from, to see whether they are still the same when it is its turn.
        text_hash: a hash of its text without spaces, or ``b""`` for a tale without text: equal texts have equal hashes.
        sketch: MinHash of its text (see :mod:`ft_core.corpus.splitting.likeness`), ``b""`` where none was made.
    """

    story_id: str
    source: str
    version: int = 3
    culture: str = ""
    language: str = ""
    events: int = 0
    is_told: bool = True
    content_hash: str = ""
    raw_hash: bytes = b""
    text_hash: bytes = b""
    sketch: bytes = b""
