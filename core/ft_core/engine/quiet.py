"""Keeping the terminal for our own reports: what libraries print goes to the log."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator

__all__ = ["hush_transformers", "output_to_log"]

logger = logging.getLogger(__name__)


class _LogWriter(io.TextIOBase):
    """A text stream whose lines become log records of level DEBUG."""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        for line in filter(str.strip, text.splitlines()):
            logger.debug("%s", line)
        return len(text)


@contextlib.contextmanager
def output_to_log() -> Iterator[None]:
    """Turn what is printed inside the block into debug records: the training stack prints banners and bars."""
    writer = _LogWriter()
    with contextlib.redirect_stdout(writer), contextlib.redirect_stderr(writer):
        yield


def hush_transformers() -> None:
    """Turn off the progress bars and the advice of transformers and datasets; errors still come through."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
