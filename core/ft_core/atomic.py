"""Files and folders that are complete or absent: write beside, fsync, rename."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ft_core.errors import OutputError

__all__ = ["make_folder", "move_complete", "open_complete", "replace_folder", "telling_what_to_do", "write_text"]

_REMEDIES = {
    errno.ENOSPC: "free some space or choose another folder",
    errno.EDQUOT: "free some space or choose another folder",
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "choose a folder that you may write to",
    errno.ENOTDIR: "a part of the path is a file; choose another folder",
    errno.EEXIST: "a file is in the way; move it or choose another folder",
    errno.EISDIR: "a folder is in the way; move it or choose another folder",
}


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file as it stands (line ends included), making its folder; a crash leaves the old file or the new.

    Raises:
        OutputError: no space, no permission, or something in the way.
    """
    with open_complete(path) as file:
        file.write(text.encode())


@contextlib.contextmanager
def open_complete(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that is there, whole, once the block is left without an error; its folder is made.

    Raises:
        OutputError: no space, no permission, or something in the way.
    """
    make_folder(path.parent)
    with telling_what_to_do(path):
        # A name of its own, so that two processes never write into one temporary file.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            _open_to_the_umask(temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)


def move_complete(temporary: Path, final: Path) -> None:
    """Put a completely written file in the place of another, or where there is none; both lie on one file system.

    Raises:
        OutputError: no space, no permission, or something in the way.
    """
    with telling_what_to_do(final):
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        _open_to_the_umask(temporary)
        temporary.replace(final)
        _sync_folder(final.parent)


def replace_folder(temporary: Path, final: Path) -> None:
    """Put a completely written folder in the place of another, which is removed; both lie on one file system.

    A folder cannot be renamed onto one that is not empty, so the old one steps aside first: after a crash between the
    two renames ``final`` is absent and the old folder stands beside it as ``.<name>.old``.

    Raises:
        OutputError: no space, no permission, or something in the way.
    """
    aside = final.with_name(f".{final.name}.old")
    with telling_what_to_do(final):
        final.parent.mkdir(parents=True, exist_ok=True)
        _sync_tree(temporary)
        if final.exists():
            shutil.rmtree(aside, ignore_errors=True)
            final.rename(aside)
        temporary.rename(final)
        _sync_folder(final.parent)
        shutil.rmtree(aside, ignore_errors=True)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, where they are missing.

    Raises:
        OutputError: no space, no permission, or a file in the way.
    """
    with telling_what_to_do(path):
        path.mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def telling_what_to_do(path: Path) -> Iterator[None]:
    """Turn what the system says of a file that cannot be written into an error with a remedy.

    Raises:
        OutputError: the block raised an ``OSError``.
    """
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "check the path and the disk")
        raise OutputError(f"{path} cannot be written: {error.strerror or error}. What to do: {remedy}.") from error


def _open_to_the_umask(path: Path) -> None:
    # mkstemp makes files that only their owner may read; a shared output folder needs the usual mode.
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def _sync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        elif path.is_dir():
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows opens no folder for fsync
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
