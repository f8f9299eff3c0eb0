"""Whether an output folder lies apart from the tales: none of them is written over, and no output is read as a tale."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from ft_core.corpus.reading.own_output import is_annotated_folder
from ft_core.errors import OutputError
from ft_core.infer.annotate.reading.tale_survey import TaleSurvey
from ft_core.infer.annotate.setting import Layout
from ft_core.infer.annotate.writing.layout import REPORT_FILE, list_file_names, name_provenance

__all__ = ["check_place"]


def check_place(folder: Path, given: Sequence[str], survey: TaleSurvey, layout: Layout) -> None:
    """Refuse an output folder in which a call would spoil its own tales, or the next call take what this one writes for tales.

    Args:
        folder: where tales are written.
        given: the files, folders and patterns that were named.
        survey: the tales that were found there.
        layout: of what is written.

    Raises:
        OutputError: the folder cannot be used; what to do is told.
    """
    if (folder / REPORT_FILE).exists() and not is_annotated_folder(folder):
        raise OutputError(
            f"{folder / REPORT_FILE} is there and was not written by ft-core annotate, which writes its report by that name. "
            f"Choose another --output-dir."
        )
    names = [name for tale in survey.tales.values() for name in list_file_names(tale.story_id, layout)]
    written = dict(zip(names, map(_locate, (folder / name for name in names)), strict=True))
    _refuse_writing_over(folder, survey, written)
    beside = [REPORT_FILE, *(name_provenance(tale.story_id) for tale in survey.tales.values())]
    for each in given:
        if Path(each).is_dir():
            _refuse_within(folder, each, list(written.values()))
        elif glob.has_magic(each) and not Path(each).exists():
            _refuse_matching(folder, each, [*written.values(), *(_locate(folder / name) for name in beside)])


def _refuse_writing_over(folder: Path, survey: TaleSurvey, written: dict[str, Path]) -> None:
    inputs = {place for file in survey.files for place in (file.path.resolve(), _locate(file.path))}
    over = [name for name, path in written.items() if path in inputs]
    if over:
        more = f", and {len(over) - 1} more," if len(over) > 1 else ""
        raise OutputError(
            f"{over[0]}{more} in the output folder {folder} would be written over, but is named as a tale to be annotated. "
            f"Choose another --output-dir; or, where ft-core annotate wrote it, name the tales without it."
        )


def _refuse_within(folder: Path, given: str, written: Sequence[Path]) -> None:
    root = Path(given).resolve()
    if any(path.is_relative_to(root) and not _is_hidden(path.relative_to(root).parts) for path in written):
        raise OutputError(
            f"Tales are looked for in {given}, and what is written into the output folder {folder} would lie there too: the "
            f"next call would take it for tales. Choose an --output-dir outside {given}."
        )


def _refuse_matching(folder: Path, pattern: str, written: Sequence[Path]) -> None:
    parts = _split_pattern(pattern)
    found = next((path for path in written if any(_matches(each.parts, parts) for each in (path, *path.parents))), None)
    if found is not None:
        name = found.relative_to(folder.resolve()).as_posix() if found.is_relative_to(folder.resolve()) else found.name
        raise OutputError(
            f"The pattern {pattern!r} finds {name} too, which is to be written into the output folder {folder}: the next call "
            f"would take it for a tale. Choose another --output-dir, or a narrower pattern."
        )


def _locate(path: Path) -> Path:
    """Return a path with the links of its folders resolved, but not itself: a file that is a link is replaced, not followed."""
    return path.parent.resolve() / path.name


def _is_hidden(parts: Sequence[str]) -> bool:
    return any(part.startswith(".") for part in parts)


def _split_pattern(pattern: str) -> tuple[str, ...]:
    """Return the parts of a pattern, with the folder that it starts from resolved."""
    parts = Path(os.path.abspath(pattern)).parts
    fixed = next(place for place, part in enumerate(parts) if glob.has_magic(part))
    return (*Path(*parts[:fixed]).resolve().parts, *parts[fixed:])


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Say whether a path is one that :func:`glob.glob` finds: ``**`` is any folders, and no wildcard finds what is hidden."""
    if not pattern or not parts:
        return not parts and all(each == "**" for each in pattern)
    return any(_matches(parts[taken:], pattern[1:]) for taken in _list_taken(parts, pattern[0]))


def _list_taken(parts: Sequence[str], pattern: str) -> Iterator[int]:
    """Yield how many parts of a path one part of a pattern can be."""
    if pattern == "**":
        shown = next((place for place, part in enumerate(parts) if part.startswith(".")), len(parts))
        yield from range(shown + 1)
    elif fnmatch(parts[0], pattern) and (pattern.startswith(".") or not parts[0].startswith(".")):
        yield 1
