"""The permissions of what we write: those of any new file, not those of a temporary one."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["open_to_the_umask"]


def open_to_the_umask(folder: Path) -> None:
    """Give a folder and its files the usual modes: temporary folders, and some writers' files, are their owner's alone."""
    mask = os.umask(0)
    os.umask(mask)
    folder.chmod(0o777 & ~mask)
    for path in folder.iterdir():
        path.chmod(0o666 & ~mask)
