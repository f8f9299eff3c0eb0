"""The tales of some files, known by id and hash before any of them is annotated."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.files import TaleFile
from ft_core.corpus.reading.raw_tale import RawTale, iterate_raw
from ft_core.corpus.reading.record import Refusal
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.tale import SidecarFound, read_tale, survey_tale
from ft_core.corpus.reading.version_choice import choose_versions
from ft_core.infer.annotate.reading.tale_kind import check_kind
from ft_core.infer.annotate.reading.tale_place import TalePlaces
from ft_core.infer.annotate.reading.text_tale import is_text_file, name_text_tale, read_text_tale
from ft_core.story import Story

__all__ = ["FoundTale", "TaleSurvey", "iterate_found", "read_found", "survey_places"]

_LONGEST_NAME = 200
"""Bytes of an id; what is written adds to it, and file systems allow 255."""


@dataclass(frozen=True, slots=True)
class FoundTale:
    """A tale that can be read.

    Attributes:
        story_id: its id.
        version: of its file: 1, 2 or 3, and 0 for a text.
        source: the file, or file and line.
        digest: SHA-256 of its bytes.
    """

    story_id: str
    version: int
    source: str
    digest: str


@dataclass(slots=True)
class TaleSurvey:
    """What some files hold.

    Attributes:
        files: the files.
        tales: the tales that are annotated, by source, in the order of the files.
        refusals: every problem of every tale that is not.
        superseded: files that a later version of the same tale, or an annotated one, takes the place of, with that file.
        left_out: what is no tale.
    """

    files: Sequence[TaleFile]
    tales: Mapping[str, FoundTale] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    superseded: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def survey_places(places: TalePlaces) -> TaleSurvey:
    """Look at all tales of some files, one in memory at a time."""
    survey = TaleSurvey(places.files, refusals=[*places.refusals], left_out=[*places.left_out])
    choice = choose_versions(_look(survey))
    survey.refusals += choice.refusals
    survey.superseded += choice.superseded
    survey.tales = {tale.source: tale for tale in choice.kept}
    return survey


def iterate_found(survey: TaleSurvey, wanted: Iterable[str]) -> Iterator[tuple[FoundTale, RawTale | Refusal]]:
    """Yield some tales again with their bytes, or why they are not what was surveyed.

    Args:
        survey: of the files.
        wanted: sources of the tales.
    """
    missing = dict.fromkeys(wanted)
    for file in survey.files:
        for raw in _iterate(file, []):
            if raw.source in missing:
                del missing[raw.source]
                tale = survey.tales[raw.source]
                yield tale, raw if hashlib.sha256(raw.data).hexdigest() == tale.digest else _refuse_changed(raw.source)
    yield from ((survey.tales[source], _refuse_changed(source)) for source in missing)


def read_found(raw: RawTale, rules: Rules) -> Story:
    """Read a tale that was surveyed.

    Raises:
        RefusedError: it cannot be read.
    """
    return read_text_tale(raw.data, raw.source) if is_text_file(raw.file.path.name) else read_tale(raw, rules).story


def _look(survey: TaleSurvey) -> Iterator[FoundTale]:
    for file in survey.files:
        for raw in _iterate(file, survey.refusals):
            try:
                yield _identify(raw)
            except SidecarFound:
                survey.left_out.append(raw.source)
            except RefusedError as error:
                survey.refusals += error.refusals


def _identify(raw: RawTale) -> FoundTale:
    check_kind(raw)
    digest = hashlib.sha256(raw.data).hexdigest()
    if is_text_file(raw.file.path.name):
        read_text_tale(raw.data, raw.source)
        found = FoundTale(name_text_tale(raw.source), 0, raw.source, digest)
    else:
        surveyed = survey_tale(raw, Rules())
        found = FoundTale(surveyed.story_id, surveyed.version, raw.source, digest)
    fault = _find_fault(found.story_id)
    if fault:
        raise RefusedError([Refusal(raw.source, "$.metadata.id", f"the tale id {found.story_id!r} {fault}")])
    return found


def _find_fault(story_id: str) -> str:
    if not story_id or story_id.startswith(".") or set(story_id) & set("/\\:\0\n\r\t"):
        return "cannot be the name of a file; give the tale another id"
    if len(story_id.encode()) > _LONGEST_NAME:
        return f"is longer than {_LONGEST_NAME} bytes, which is too long for the name of a file; give the tale another id"
    return ""


def _iterate(file: TaleFile, refusals: list[Refusal]) -> Iterator[RawTale]:
    try:
        yield from iterate_raw(file)
    except RefusedError as error:
        refusals += error.refusals


def _refuse_changed(source: str) -> Refusal:
    return Refusal(source, "$", "was changed or removed while tales were being annotated; run the command again")
