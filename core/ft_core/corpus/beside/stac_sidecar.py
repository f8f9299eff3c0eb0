"""STAC sidecars: files with a category for every sentence of a tale, found by the tale's id in their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ft_core.corpus.reading.folder_search import compose_name, find_files

__all__ = ["SidecarFile", "StacSidecars"]

_ENDING = "_stac.json"


@dataclass(frozen=True, slots=True)
class SidecarFile:
    """A STAC sidecar; ``source`` names it the same on every machine."""

    source: str
    path: Path


@dataclass(frozen=True, slots=True)
class StacSidecars:
    """The STAC sidecars below some folders: paths only, by the tale that their names begin with.

    Attributes:
        repeated: sidecars of tales that have another one already, which comes first by name and is used.
    """

    repeated: tuple[SidecarFile, ...] = ()
    _files: Mapping[str, SidecarFile] = field(default_factory=dict)

    @classmethod
    def find(cls, dirs: Sequence[str | Path]) -> StacSidecars:
        """Find the files named ``<tale id>_stac.json``, at any depth; hidden files and folders are passed over.

        Args:
            dirs: folders with sidecars, or any folders above.

        Raises:
            DataError: a folder is not there or cannot be looked into, or no sidecar is below it.
        """
        found = find_files(
            dirs,
            _ENDING,
            advice="Give --stac-dir the folder of the STAC sidecars.",
            nothing=f"No STAC sidecar was found: {{given}} holds no *{_ENDING} file, not even in a folder below it. Sidecars "
            f"are named after their tale, such as stac_annotations/jp_001{_ENDING}.",
        )
        files: dict[str, SidecarFile] = {}
        repeated: list[SidecarFile] = []
        for source, path in found:
            file = SidecarFile(source, path)
            first = files.setdefault(compose_name(path.name)[: -len(_ENDING)], file)
            if first.path.resolve() != path.resolve():  # a file that is reached in two ways is one
                repeated.append(file)
        return cls(tuple(repeated), files)

    def find_file(self, story_id: str) -> SidecarFile | None:
        """Return the sidecar of a tale, None where it has none."""
        return self._files.get(compose_name(story_id))

    def list_unmatched(self, story_ids: Iterable[str]) -> list[SidecarFile]:
        """Return the sidecars of tales that are not among these, sorted by name; :attr:`repeated` ones are told there."""
        known = {compose_name(story_id) for story_id in story_ids}
        return [file for name, file in self._files.items() if name not in known]
