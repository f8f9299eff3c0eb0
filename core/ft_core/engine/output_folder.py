"""Whether a run may use an output folder, given what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ft_core.atomic import make_folder
from ft_core.engine.run_file import RunRecord, read_run
from ft_core.errors import OutputError, RunMismatchError

__all__ = ["OUR_FILES", "claim_output"]

OUR_FILES = ("adapter_config.json", "log.jsonl")
"""Files by which the folder of a step is known to be one of ours."""


def claim_output(
    folder: Path, planned: RunRecord, steps: Sequence[str], *, overwrite: bool = False
) -> tuple[RunRecord, list[Path]]:
    """Say whether and how an output folder can be used for some steps; nothing in it is changed yet.

    With ``overwrite``, a run with another base, data, split or seed is replaced as a whole: its record and its adapters go.
    Within the same run only the named steps are trained anew.

    Args:
        folder: need not exist.
        planned: the run that is to be, without steps.
        steps: what is to be trained.
        overwrite: whether what is there may go.

    Returns:
        The record to go on with, and the folders that must go before it is written.

    Raises:
        RunMismatchError: the folder holds another run, or one of the steps already.
        OutputError: it cannot be written, or something else is in the way.
    """
    make_folder(folder)
    held = read_run(folder)
    if held is None:
        for step in steps:
            _check_free(folder / step, overwrite=overwrite)
        return planned, _ours(folder, steps)
    differences = list(_compare(held, planned))
    if differences and not overwrite:
        raise RunMismatchError(
            f"{folder} holds another run:\n"
            + "".join(f"  - {line}\n" for line in differences)
            + "Choose another --output-dir, or replace that run with --overwrite."
        )
    if differences:
        return planned, _ours(folder, [*held.steps, *steps])
    done = [step for step in steps if step in held.steps and held.steps[step].status == "done"]
    if done and not overwrite:
        raise RunMismatchError(
            f"{folder} already holds {', '.join(done)}. Choose another --output-dir, or train anew with --overwrite."
        )
    kept = {name: record for name, record in held.steps.items() if name not in steps}
    distributions = {**held.distributions, **planned.distributions}
    return replace(planned, steps=kept, distributions=distributions), _ours(folder, steps)


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


def _ours(folder: Path, steps: Sequence[str]) -> list[Path]:
    found = {folder / step for step in steps if any((folder / step / name).is_file() for name in OUR_FILES)}
    return sorted(found)
