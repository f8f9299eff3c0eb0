"""Which files hold the tales that somebody named: files, folders and patterns."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ft_core.corpus.reading.file_name import find_common_folder, name_file
from ft_core.corpus.reading.files import TaleFile, find_tale_files
from ft_core.corpus.reading.folder_search import find_files
from ft_core.corpus.reading.record import Refusal
from ft_core.errors import DataError, NoTalesError
from ft_core.infer.annotate.reading.text_tale import TEXT_ENDINGS, is_text_file

__all__ = ["TalePlaces", "find_places"]


@dataclass(frozen=True, slots=True)
class TalePlaces:
    """The files that may hold tales, each once, sorted by name.

    Attributes:
        files: annotated tales and texts.
        refusals: what cannot be looked into.
        left_out: what ft-core wrote itself.
    """

    files: tuple[TaleFile, ...]
    refusals: tuple[Refusal, ...] = ()
    left_out: tuple[str, ...] = ()


def find_places(given: Sequence[str]) -> TalePlaces:
    """Find the files of tales.

    A file is a text if its name ends in ``.txt``, else an annotated tale. A folder gives the annotated tales below it, as in
    preparing; only one without any gives the texts below it, for beside annotated tales there lie their own texts.

    Args:
        given: files, folders, or patterns such as ``tales/*.txt``.

    Raises:
        NoTalesError: something is not there, or a folder holds no tale.
    """
    annotated: list[Path] = []
    texts: list[Path] = []
    for place in _expand(given):
        if place.is_dir():
            found = _find_texts(place)
            (texts if found else annotated).extend(found or [place])
        else:
            (texts if is_text_file(place.name) else annotated).append(place)
    files = find_tale_files(annotated) if annotated else None
    root = find_common_folder(texts) if texts else Path()
    named: dict[Path, TaleFile] = {}
    for source, path in sorted((name_file(path, root), path.absolute()) for path in texts):
        named.setdefault(path.resolve(), TaleFile(source, path))
    return TalePlaces(
        (*(files.tales if files else ()), *named.values()),
        tuple(files.refusals) if files else (),
        tuple(files.left_out) if files else (),
    )


def _expand(given: Sequence[str]) -> list[Path]:
    places: list[Path] = []
    for each in given:
        matching = sorted(glob.glob(each, recursive=True)) if glob.has_magic(each) and not Path(each).exists() else [each]
        if not matching or not Path(matching[0]).exists():
            raise NoTalesError(
                f"There is no file or folder {each}. Give files of tales (.txt, .json, .jsonl), or folders of them."
            )
        places += map(Path, matching)
    return places


def _find_texts(folder: Path) -> list[Path]:
    """Return the texts below a folder, none where there are annotated tales."""
    try:
        find_tale_files([folder])
    except NoTalesError:
        texts = [path for ending in TEXT_ENDINGS for path in _find_ending(folder, ending)]
        if texts:
            return texts
        raise NoTalesError(
            f"No tale was found: {folder} holds no *.txt, *.json or *.jsonl file, packed or not, not even in a folder below it."
        ) from None
    return []


def _find_ending(folder: Path, ending: str) -> list[Path]:
    try:
        return [path for _, path in find_files([folder], ending, advice="", nothing="")]
    except DataError:  # there is none
        return []
