"""A tale from a file of plain text."""

from __future__ import annotations

import codecs
from pathlib import PurePosixPath

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.folder_search import compose_name
from ft_core.corpus.reading.language import detect_language
from ft_core.corpus.reading.record import Refusal
from ft_core.story import Story

__all__ = ["TEXT_ENDINGS", "decode_text", "is_text_file", "name_text_tale", "read_text_tale"]

TEXT_ENDINGS = (".txt", ".txt.gz")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def is_text_file(name: str) -> bool:
    """Say whether a file is one of plain text, by its name."""
    return name.casefold().endswith(TEXT_ENDINGS)


def name_text_tale(source: str) -> str:
    """Return the id of a tale of plain text: its file's name without the ending, in composed letters.

    >>> name_text_tale("tales/The Fox.txt"), name_text_tale("jp_001.txt.gz")
    ('The Fox', 'jp_001')
    """
    name = compose_name(PurePosixPath(source).name)
    ending = next((each for each in reversed(TEXT_ENDINGS) if name.casefold().endswith(each)), "")
    return name[: len(name) - len(ending)].strip()


def read_text_tale(data: bytes, source: str) -> Story:
    r"""Return the tale in the bytes of a file, with ``\n`` at the end of each line; named and titled after the file.

    Raises:
        RefusedError: the bytes cannot be read as text, or hold none.
    """
    text = decode_text(data, source).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise _refuse(source, "holds no text")
    name = name_text_tale(source)
    return Story(name, title=name, language=detect_language(text, ""), text=text, source=source)


def decode_text(data: bytes, source: str) -> str:
    """Decode text in UTF-8, with or without a byte order mark, or in UTF-16 with one.

    Raises:
        RefusedError: it is in another encoding; what to do is told.
    """
    if data.startswith(_UTF_16) and not data.startswith(_UTF_32):
        encoding = "utf-16"
    elif b"\0" in data or data.startswith(_UTF_32):
        raise _refuse(source, f"holds NUL bytes, as UTF-16 without a byte order mark and UTF-32 do; {_advise('UTF-16LE')}")
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = "UTF-16, as its byte order mark says" if encoding == "utf-16" else "UTF-8"
        reason = f"is not {what}: byte 0x{data[error.start]:02x} at offset {error.start}, line {line}"
        raise _refuse(source, f"{reason}; {_advise('GB18030')}") from error


def _advise(encoding: str) -> str:
    return f"save it as UTF-8, for instance by: iconv -f {encoding} -t UTF-8 OLD.txt > NEW.txt"


def _refuse(source: str, reason: str) -> RefusedError:
    return RefusedError([Refusal(source, "$", reason)])
