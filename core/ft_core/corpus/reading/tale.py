"""One tale from its bytes: surveyed first, and read with all its labels when it is its turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ft_core.corpus.reading.document import decode_checked_document, decode_document, hash_document
from ft_core.corpus.reading.place import Places
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.record import Repair
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.structure import find_version, is_sidecar, refuse_bad_structure
from ft_core.corpus.reading.text_mark import count_marks
from ft_core.corpus.reading.upgrade import EVENTS_KEYS, upgrade
from ft_core.corpus.reading.v3 import TaleHead, read_head, read_v3
from ft_core.story import Story

__all__ = ["SidecarFound", "SurveyedTale", "Tale", "read_tale", "survey_tale"]


class SidecarFound(Exception):  # noqa: N818  it is no error
    """What was to be read is a STAC sidecar, which lies beside a tale. It never leaves ``ft_core.corpus``."""


@dataclass(frozen=True, slots=True)
class SurveyedTale:
    """A tale whose structure was checked, without its labels; ``content_hash`` is the SHA-256 of its JSON content."""

    source: str
    version: int
    head: TaleHead
    content_hash: str

    @property
    def story_id(self) -> str:
        """The tale's id."""
        return self.head.story_id


@dataclass(frozen=True, slots=True)
class Tale:
    """A tale that was read.

    Attributes:
        story: the tale.
        version: the version of its file.
        repairs: every value that was read otherwise than it stands in the file.
        content_hash: SHA-256 of its JSON content.
        marks: marks of editors in its text, counted by kind.
        places: where the values of an older version stand in the file.
    """

    story: Story
    version: int
    repairs: Sequence[Repair]
    content_hash: str
    marks: Mapping[str, int] = field(default_factory=dict)
    places: Places = field(default_factory=Places)

    @property
    def story_id(self) -> str:
        """The tale's id."""
        return self.story.id

    @property
    def source(self) -> str:
        """The file, or file and line."""
        return self.story.source


def survey_tale(raw: RawTale, rules: Rules) -> SurveyedTale:
    """Check a tale's JSON and structure, and read what decides how it is split.

    Raises:
        RefusedError: the tale cannot be used; all its problems are told.
        SidecarFound: it is none.
    """
    document = decode_document(raw.data, raw.source)
    version = _check(document, raw)
    head = read_head(upgrade(document, version)[0], raw.source, rules)
    return SurveyedTale(raw.source, version, head, hash_document(document))


def read_tale(raw: RawTale, rules: Rules, *, checked: bool = False) -> Tale:
    """Read a tale with all its labels.

    Args:
        raw: the tale's bytes.
        rules: the repairs that are made.
        checked: whether these bytes were surveyed before; nothing is checked then, and no hash is made.

    Raises:
        RefusedError: the tale cannot be used; all its problems are told.
        SidecarFound: it is none.
    """
    document = decode_checked_document(raw.data) if checked else decode_document(raw.data, raw.source)
    version = find_version(document, raw.source) if checked else _check(document, raw)
    upgraded, places = upgrade(document, version)
    story, repairs = read_v3(upgraded, raw.source, rules, f"$.{EVENTS_KEYS[version]}")
    if version < 3:  # noqa: PLR2004
        repairs = [replace(repair, path=places.locate(repair.path)) for repair in repairs]
    content_hash = "" if checked else hash_document(document)
    return Tale(story, version, repairs, content_hash, count_marks(story.text), places)


def _check(document: dict[str, Any], raw: RawTale) -> int:
    if is_sidecar(document):
        raise SidecarFound(raw.source)
    version = find_version(document, raw.source)
    refuse_bad_structure(document, raw.source, version)
    return version
