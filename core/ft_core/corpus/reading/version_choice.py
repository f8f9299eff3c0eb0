"""Which file of a tale is used where several hold it: the latest version, and of two of one version the first by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from ft_core.corpus.reading.record import Refusal

__all__ = ["Choice", "choose_versions"]


class Versioned(Protocol):
    """What is known of a tale's file: the tale's id, the version, and the file's name."""

    @property
    def story_id(self) -> str:
        """The tale's id."""

    @property
    def version(self) -> int:
        """The version of the file: 1, 2 or 3."""

    @property
    def source(self) -> str:
        """The file, or file and line."""


T = TypeVar("T", bound=Versioned)


@dataclass(slots=True)
class Choice(Generic[T]):
    """The files that are used, in the order in which they were met, and why the others are not.

    Attributes:
        kept: one for each tale.
        superseded: files of an older version, each with the file that is used instead.
        refusals: files of the same version and tale as one that is used.
    """

    kept: list[T] = field(default_factory=list)
    superseded: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def choose_versions(tales: Iterable[T]) -> Choice[T]:
    """Choose one file for each tale: version 3 before 2 before 1."""
    choice: Choice[T] = Choice()
    by_id: dict[str, list[T]] = defaultdict(list)
    for tale in tales:
        by_id[tale.story_id].append(tale)
    for rivals in by_id.values():
        best = max(rivals, key=lambda tale: tale.version)  # the first of those of the latest version
        choice.kept.append(best)
        for other in rivals:
            if other.version < best.version:
                choice.superseded.append((other.source, best.source))
            elif other is not best:
                reason = f"the tale id {best.story_id!r} is that of {best.source} too, which is kept; remove one of the two"
                path = "$.id" if other.version == 1 else "$.metadata.id"
                choice.refusals.append(Refusal(other.source, path, reason))
    return choice
