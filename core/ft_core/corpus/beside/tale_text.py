"""The texts that the offsets of annotations refer to: files that are named after the tales."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.folder_search import compose_name, find_files
from ft_core.corpus.reading.side_file import read_side_file

__all__ = ["TaleText", "TaleTexts"]

_ENDING = ".txt"
_BESIDE = "texts"


@dataclass(frozen=True, slots=True)
class TaleText:
    r"""The text of a tale from a file.

    Attributes:
        source: the file, by a name that is the same on every machine.
        text: what it holds, with ``\n`` at the end of each line.
        data: the bytes of the file.
        problem: why it cannot be used, ``""`` where it can.
    """

    source: str
    text: str = ""
    data: bytes = b""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TaleTexts:
    """Where the texts of the tales are: paths only, by tale id; or, by default, beside the folder of each tale's file.

    Attributes:
        repeated: files of tales that have another one already, which comes first by name and is used.
    """

    repeated: tuple[str, ...] = ()
    _files: Mapping[str, tuple[str, Path]] | None = field(default=None)

    @classmethod
    def find(cls, dirs: Sequence[str | Path] | None = None) -> TaleTexts:
        """Find the files named ``<tale id>.txt``, at any depth; hidden files and folders are passed over.

        Args:
            dirs: folders with texts, or any folders above. None looks for ``../texts/<tale id>.txt`` from the folder of
                each tale's file when it is its turn: ``Japanese/texts/jp_001.txt`` for ``Japanese/json_v3/jp_001_v3.json``.

        Raises:
            DataError: a folder is not there or cannot be looked into, or no text is below it.
        """
        if dirs is None:
            return cls()
        found = find_files(
            dirs,
            _ENDING,
            advice="Give --texts-dir the folder of the tales' texts.",
            nothing=f"No text was found: {{given}} holds no *{_ENDING} file, not even in a folder below it. Texts are named "
            f"after their tale, such as texts/jp_001{_ENDING}.",
        )
        files: dict[str, tuple[str, Path]] = {}
        repeated: list[str] = []
        for source, path in found:
            _, first = files.setdefault(compose_name(path.name)[: -len(_ENDING)], (source, path))
            if first.resolve() != path.resolve():  # a file that is reached in two ways is one
                repeated.append(source)
        return cls(tuple(repeated), files)

    def read(self, story_id: str, tale_path: Path) -> TaleText | None:
        """Read the text of a tale; whatever is wrong with its file is the ``problem``.

        Args:
            story_id: the tale's id.
            tale_path: the file of the tale.

        Returns:
            None where it has no file.
        """
        found = _find_beside(story_id, tale_path) if self._files is None else self._files.get(compose_name(story_id))
        return _read(*found) if found else None


def _find_beside(story_id: str, tale_path: Path) -> tuple[str, Path] | None:
    name = f"{compose_name(story_id)}{_ENDING}"
    if Path(name).name != name:  # an id with a slash must not lead to another folder
        return None
    folder = tale_path.absolute().parent.parent / _BESIDE
    for spelling in dict.fromkeys((name, f"{story_id}{_ENDING}", unicodedata.normalize("NFD", name))):
        if os.path.lexists(folder / spelling):
            return f"{_BESIDE}/{name}", folder / spelling
    return None


def _read(source: str, path: Path) -> TaleText:
    try:
        data = read_side_file(path, source)
        text = data.decode("utf-8-sig")
    except RefusedError as error:
        return TaleText(source, problem=error.refusals[0].reason)
    except UnicodeDecodeError as error:
        return TaleText(source, data=data, problem=f"is not UTF-8 from byte {error.start} on; save it as UTF-8")
    if not text.strip():
        return TaleText(source, data=data, problem="is blank")
    return TaleText(source, text.replace("\r\n", "\n").replace("\r", "\n"), data)
