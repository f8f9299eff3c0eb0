"""Retellings: other wordings of annotated tales, found by the folders that are named after the tales."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ft_core.corpus.lot import draw_lot
from ft_core.corpus.reading.folder_search import compose_name, find_files

__all__ = ["RetellingFile", "Retellings", "keep_example"]

_VERSION = re.compile(r"_v[0-9]+$", re.IGNORECASE)
_SEPARATORS = " _-~."
_TEXTS = "texts"
_LOTS = 2**64


@dataclass(frozen=True, slots=True)
class RetellingFile:
    """A file with another wording of a tale.

    Attributes:
        source: its name in messages and records, the same on every machine.
        path: where it is.
        variant: what tells it from the other retellings of the tale, such as ``gen_01``.
    """

    source: str
    path: Path
    variant: str

    @property
    def stem(self) -> str:
        """The name of the file without folder and suffix, in composed letters."""
        return compose_name(self.path.stem)


@dataclass(frozen=True, slots=True)
class Retellings:
    """The retellings below some folders: paths only, by the folder that holds them; and the folders by the tale they name."""

    _files: Mapping[str, tuple[RetellingFile, ...]] = field(default_factory=dict)
    _folders: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def find(cls, dirs: Sequence[str | Path]) -> Retellings:
        """Find the folders that hold ``*.txt`` files, at any depth.

        The files of a folder ``<tale id>`` or ``<tale id>_v3`` are retellings of that tale. Hidden files and folders are
        passed over, and so are folders named ``texts``, which hold the tales' own texts.

        Args:
            dirs: folders with the tales' folders, or any folders above.

        Raises:
            DataError: a folder is not there or cannot be looked into, or no ``*.txt`` file is below it.
        """
        found: dict[str, list[tuple[str, Path]]] = defaultdict(list)
        for source, path in find_files(
            dirs,
            ".txt",
            advice="Give --retellings the folder of the retellings.",
            nothing="No retelling was found: {given} holds no folder with *.txt files. Retellings are in folders that are "
            "named after their tale, such as retellings/jp_001_v3/jp_001_gen_01.txt.",
            passed_over=[_TEXTS],
        ):
            found[compose_name(path.parent.name)].append((source, path))
        folders: dict[str, list[str]] = defaultdict(list)
        for name in sorted(found):
            folders[_strip_version(name)].append(name)
        return cls({name: _make_files(name, files) for name, files in sorted(found.items())}, dict(folders))

    def list_files(self, story_id: str) -> list[RetellingFile]:
        """Return the retellings of a tale, sorted by name; of two with one variant the later one gets another name."""
        wanted = compose_name(story_id)
        names = dict.fromkeys((wanted, *self._folders.get(wanted, ())))
        files = [file for name in names for file in self._files.get(name, ())]
        return _tell_apart(sorted(files, key=lambda file: file.source))

    def list_unmatched(self, story_ids: Iterable[str]) -> list[RetellingFile]:
        """Return the retellings of tales that are not among these, sorted by name."""
        known = {compose_name(story_id) for story_id in story_ids}
        unmatched = [files for name, files in self._files.items() if not known & {name, _strip_version(name)}]
        return sorted((file for files in unmatched for file in files), key=lambda file: file.source)


def keep_example(seed: int, story_id: str, event_id: str, step: str, weight: float) -> bool:
    """Say whether an example of a retelling is trained on: the share ``weight`` of them, chosen by the seed.

    >>> keep_example(1, "fox~gen_01", "e1", "action", 1.0), keep_example(1, "fox~gen_01", "e1", "action", 0.0)
    (True, False)
    """
    return draw_lot(seed, "retelling", story_id, event_id, step) < weight * _LOTS


def _make_files(folder: str, files: Iterable[tuple[str, Path]]) -> tuple[RetellingFile, ...]:
    story_id = _strip_version(folder)
    return tuple(RetellingFile(source, path, _find_variant(path.stem, story_id)) for source, path in files)


def _find_variant(stem: str, story_id: str) -> str:
    stem = compose_name(stem)
    return stem.removeprefix(story_id).strip(_SEPARATORS) or stem


def _tell_apart(files: Sequence[RetellingFile]) -> list[RetellingFile]:
    taken: set[str] = set()
    apart = []
    for file in files:
        variant, number = file.variant, 1
        while variant in taken:
            number += 1
            variant = f"{file.variant}-{number}"
        taken.add(variant)
        apart.append(file if variant == file.variant else RetellingFile(file.source, file.path, variant))
    return apart


def _strip_version(name: str) -> str:
    return _VERSION.sub("", name)
