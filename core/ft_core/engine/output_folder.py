"""Whether a run may use an output folder, given what is in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ft_core.atomic import make_folder
from ft_core.engine.run_file import RunRecord, read_run
from ft_core.errors import OutputError, RunMismatchError

__all__ = ["OUR_FILES", "Claim", "claim_output", "claim_resumed", "read_resumable", "remove_adapter"]

OUR_FILES = ("adapter_config.json", "log.jsonl")
"""Files by which the folder of a step is known to be one of ours."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An output folder that a run may use.

    Attributes:
        record: the record to go on with.
        replaced: the adapters of another run, which go once this run has made one; None where there is no other run.
    """

    record: RunRecord
    replaced: tuple[Path, ...] | None = None


def claim_output(folder: Path, planned: RunRecord, steps: Sequence[str], *, overwrite: bool = False) -> Claim:
    """Say whether and how an output folder can be used for some steps; nothing in it is changed.

    With ``overwrite``, a run with another base, data, split or seed is replaced as a whole: its record and its adapters go.
    Within the same run only the named steps are trained anew.

    Args:
        folder: need not exist.
        planned: the run that is to be, without steps.
        steps: what is to be trained.
        overwrite: whether what is there may go.

    Raises:
        RunMismatchError: the folder holds another run, or one of the steps already.
        OutputError: it cannot be written, or something else is in the way.
    """
    make_folder(folder)
    _check_writable(folder)
    held = read_run(folder)
    for step in steps:
        if held is None or step not in held.steps:
            _check_free(folder / step, overwrite=overwrite)
    if held is None:
        return Claim(planned)
    differences = list(_compare(held, planned))
    if differences and not overwrite:
        raise RunMismatchError(
            f"{folder} holds another run:\n"
            + "".join(f"  - {line}\n" for line in differences)
            + f"Choose another --output-dir, or replace that run and all its adapters ({', '.join(held.steps) or 'none'}) "
            "with --overwrite."
        )
    if differences:
        return Claim(planned, tuple(_find_ours(folder, sorted(held.steps))))
    done = [step for step in steps if step in held.steps and held.steps[step].status == "done"]
    if done and not overwrite:
        raise RunMismatchError(
            f"{folder} already holds {', '.join(done)}. Choose another --output-dir, or train anew with --overwrite."
        )
    distributions = {**held.distributions, **planned.distributions}
    return Claim(replace(planned, base=held.base, steps=held.steps, distributions=distributions))


def claim_resumed(folder: Path, planned: RunRecord) -> Claim:
    """Say that a run can go on in its output folder.

    Args:
        folder: with ``run.json``.
        planned: the run as it would be now, without steps.

    Raises:
        RunMismatchError: base, data, split or seed are no longer those of the run.
        OutputError: the folder holds no run, or cannot be written.
    """
    held = read_resumable(folder)
    _check_writable(folder)
    differences = list(_compare(held, planned))
    if differences:
        raise RunMismatchError(
            f"The run in {folder} cannot go on, for something has changed:\n" + "".join(f"  - {line}\n" for line in differences)
        )
    return Claim(held)


def read_resumable(folder: Path) -> RunRecord:
    """Return the record of the run in a folder.

    Raises:
        OutputError: the folder holds none.
    """
    held = read_run(folder)
    if held is None:
        raise OutputError(
            f"{folder} holds no run that could go on: it has no run.json. Begin one, with --data-dir or --prepared."
        )
    return held


def remove_adapter(folder: Path) -> None:
    """Remove the folder of an adapter, or the link to one.

    Raises:
        OutputError: it cannot be removed.
    """
    try:
        if folder.is_symlink():
            folder.unlink()
        else:
            shutil.rmtree(folder)
    except OSError as error:
        raise OutputError(f"{folder} cannot be removed: {error}. Remove it by hand, or choose another --output-dir.") from error


def _compare(held: RunRecord, planned: RunRecord) -> Iterator[str]:
    if held.base.get("name") != planned.base.get("name"):
        yield f"base: {held.base.get('name')} → {planned.base.get('name')}"
    hashes = [(each.data.get("data_hash"), each.data.get("source")) for each in (held, planned)]
    # Where no hash is known, the folder that was read is all there is to compare.
    if hashes[0][0] != hashes[1][0] or (hashes[0][0] is None and hashes[0][1] != hashes[1][1]):
        yield f"data: {_say_data(held)} → {_say_data(planned)}"
    if held.data.get("split_hash") != planned.data.get("split_hash"):
        yield f"split: {_short(held.data.get('split_hash'))} → {_short(planned.data.get('split_hash'))}"
    if held.seed != planned.seed:
        yield f"seed: {held.seed} → {planned.seed}"


def _say_data(record: RunRecord) -> str:
    return f"{record.data.get('source')} ({_short(record.data.get('data_hash'))})"


def _short(digest: object) -> str:
    return str(digest)[:12] if digest else "no hash"


def _check_free(folder: Path, *, overwrite: bool) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    ours = any((folder / name).is_file() for name in OUR_FILES)
    if not ours:
        raise OutputError(f"{folder} is in the way: it is not the folder of an adapter. Choose another --output-dir.")
    if not overwrite:
        raise RunMismatchError(
            f"{folder} holds an adapter of an unknown run. Choose another --output-dir, or replace it with --overwrite."
        )


def _find_ours(folder: Path, steps: Sequence[str]) -> Iterator[Path]:
    return (folder / step for step in steps if any((folder / step / name).is_file() for name in OUR_FILES))


def _check_writable(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error}. Choose another --output-dir.") from error
