"""Reading all tales of some folders: what can be read, and why the rest cannot."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ft_core.corpus.document import RefusedError, decode_document, hash_document
from ft_core.corpus.files import TaleFile, find_tale_files
from ft_core.corpus.record import Refusal, Repair
from ft_core.corpus.structure import find_version_problem, list_structure_problems
from ft_core.corpus.v3 import read_v3
from ft_core.errors import TaleError
from ft_core.story import Story

__all__ = ["TaleSet", "load_all_annotated_stories", "read_tales", "refusals_error"]

_TOLD_AT_MOST = 50

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class TaleSet:
    """The tales of some folders.

    Attributes:
        stories: the tales that were read, sorted by file.
        refusals: every problem of every file that was not.
        repairs: every value that was read otherwise than it stands in its file.
        hashes: SHA-256 of each tale's JSON content, by tale id.
        left_out: files and folders that ft-core wrote itself and that were therefore not read, sorted.
    """

    stories: list[Story] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def refused_files(self) -> list[str]:
        """The files that were refused, sorted."""
        return sorted({refusal.file for refusal in self.refusals})


@dataclass(frozen=True, slots=True)
class _Tale:
    story: Story
    repairs: Sequence[Repair]
    content_hash: str


def read_tales(data_dirs: Sequence[str | Path]) -> TaleSet:
    """Read every tale of some folders; a file that cannot be read is refused with its reasons, and the others go on.

    Of two files with one tale id the first by name is kept.

    Args:
        data_dirs: folders, or single files.

    Raises:
        NoTalesError: a folder is not there, or no file was found.
    """
    found = find_tale_files(data_dirs)
    if found.left_out:
        logger.info("Left out, for ft-core wrote them: %s", ", ".join(found.left_out))
    tales = TaleSet(refusals=found.refusals, left_out=found.left_out)
    for file in found.tales:
        try:
            _add(tales, _read(file), file.source)
        except RefusedError as error:
            tales.refusals += error.refusals
    return tales


def load_all_annotated_stories(data_dir: str | Path, *, keep_going: bool = False) -> list[Story]:
    """Read the annotated tales of a folder.

    Args:
        data_dir: the folder, searched with all folders below it, or one file.
        keep_going: leave out what cannot be read, instead of raising.

    Raises:
        NoTalesError: the folder is not there, or holds no file that may be a tale.
        TaleError: some files cannot be read; all problems are told.
    """
    tales = read_tales([data_dir])
    if tales.refusals and not keep_going:
        raise refusals_error(tales.refusals)
    return tales.stories


def refusals_error(refusals: Iterable[Refusal]) -> TaleError:
    """Make the error that tells why files were refused, the first fifty reasons in full."""
    reasons = [str(refusal) for refusal in refusals]
    told = reasons[:_TOLD_AT_MOST]
    if len(reasons) > len(told):
        told.append(f"and {len(reasons) - len(told)} more")
    return TaleError("Some files cannot be read as tales; mend or remove them:\n" + "\n".join(f"  - {each}" for each in told))


def _read(file: TaleFile) -> _Tale:
    document = decode_document(_read_bytes(file), file.source)
    version_problem = find_version_problem(document, file.source)
    refusals = [version_problem] if version_problem else list_structure_problems(document, file.source)
    if refusals:
        raise RefusedError(refusals)
    story, repairs = read_v3(document, file.source)
    return _Tale(story, repairs, hash_document(document))


def _read_bytes(file: TaleFile) -> bytes:
    try:
        return file.path.read_bytes()
    except OSError as error:
        raise RefusedError([Refusal(file.source, "$", f"cannot be read: {error.strerror or error}")]) from error


def _add(tales: TaleSet, tale: _Tale, file: str) -> None:
    story = tale.story
    if story.id in tales.hashes:
        first = _find(tales.stories, story.id).source
        reason = f"the tale id {story.id!r} is that of {first} too, which is kept; remove one of the two files"
        raise RefusedError([Refusal(file, "$.metadata.id", reason)])
    tales.stories.append(story)
    tales.repairs += tale.repairs
    tales.hashes[story.id] = tale.content_hash


def _find(stories: Iterable[Story], story_id: str) -> Story:
    return next(story for story in stories if story.id == story_id)
