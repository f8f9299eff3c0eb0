"""What is said of a file that was named as a tale and is of no kind that tales have."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from ft_core.corpus.reading.document import RefusedError
from ft_core.corpus.reading.files import is_tale_file
from ft_core.corpus.reading.raw_tale import RawTale
from ft_core.corpus.reading.record import Refusal
from ft_core.infer.annotate.reading.text_tale import is_text_file

__all__ = ["check_kind"]

_KINDS = ".txt (a plain text), .json (an annotated tale) and .jsonl (one a line), each packed (.gz) or not"


def check_kind(raw: RawTale) -> None:
    """Refuse a file whose name is not that of a tale, unless it holds JSON all the same, as ``fox.json.bak`` may.

    Raises:
        RefusedError: it is something else; what tales are, and what to do, is told.
    """
    name = raw.file.path.name
    if is_text_file(name) or is_tale_file(name) or _is_json(raw.data):
        return
    stem = PurePosixPath(raw.source.removesuffix(".gz")).stem or "tale"  # of the source, which is always UTF-8
    reason = f"is no file of tales; these are {_KINDS}. Save it as one of them, such as {stem}.txt, or leave it out"
    raise RefusedError([Refusal(raw.source, "$", reason)])


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
