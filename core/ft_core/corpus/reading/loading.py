"""Reading all tales of some folders: what can be read, and why the rest cannot."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.files import FoundFiles, TaleFile, find_tale_files
from ft_core.corpus.reading.raw_tale import RawTale, iterate_raw
from ft_core.corpus.reading.record import Refusal, Repair
from ft_core.corpus.reading.rule import Rules
from ft_core.corpus.reading.tale import SidecarFound, Tale, read_tale
from ft_core.corpus.reading.version_choice import choose_versions
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
        superseded: files of an older version of a tale, each with the file that was read instead.
        left_out: what ft-core wrote itself and STAC sidecars, which were therefore not read as tales, sorted.
    """

    stories: list[Story] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    superseded: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def refused_files(self) -> list[str]:
        """The files that were refused, sorted."""
        return sorted({refusal.file for refusal in self.refusals})


def read_tales(data_dirs: Sequence[str | Path], rules: Rules | None = None) -> TaleSet:
    """Read every tale of some folders; a file that cannot be read is refused with its reasons, and the others go on.

    Of several files with one tale id the latest version is kept, and of two of the same version the first by name.

    Args:
        data_dirs: folders, or single files.
        rules: the repairs that are made; None makes all.

    Raises:
        NoTalesError: a folder is not there, or no file was found.
    """
    found = find_tale_files(data_dirs)
    tales = TaleSet(refusals=found.refusals, left_out=[*found.left_out])
    choice = choose_versions(list(_read_all(found, rules or Rules(), tales)))
    for tale in choice.kept:
        tales.stories.append(tale.story)
        tales.repairs += tale.repairs
        tales.hashes[tale.story_id] = tale.content_hash
    tales.refusals += choice.refusals
    tales.superseded += choice.superseded
    if tales.left_out:
        logger.info("Left out, for they are no tales: %s", ", ".join(tales.left_out))
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


def _read_all(found: FoundFiles, rules: Rules, tales: TaleSet) -> Iterator[Tale]:
    for file in found.tales:
        for raw in _iterate(file, tales):
            try:
                yield read_tale(raw, rules)
            except SidecarFound:
                tales.left_out.append(raw.source)
            except RefusedError as error:
                tales.refusals += error.refusals


def _iterate(file: TaleFile, tales: TaleSet) -> Iterator[RawTale]:
    try:
        yield from iterate_raw(file)
    except RefusedError as error:
        tales.refusals += error.refusals
